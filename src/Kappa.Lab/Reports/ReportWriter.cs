namespace Kappa.Lab.Reports;

/// <summary>Writes reports: one HTML file that needs nothing else, so that it opens offline and can be mailed, and the same as JSON for programs.</summary>
public static class ReportWriter
{
    /// <summary>The page.</summary>
    public const string PageName = "report.html";

    /// <summary>The same for programs.</summary>
    internal const string NumbersName = "report.json";

    /// <summary>Writes <c>report.html</c> and <c>report.json</c>, each whole or not at all.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="report">What it says.</param>
    /// <param name="cancellation">Asked before each file.</param>
    /// <exception cref="IOException">A file cannot be written.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static void Write(RunPart folder, Report report, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(report);
        byte[] page = Encoding.UTF8.GetBytes(HtmlPage.Of(report, cancellation));
        cancellation.ThrowIfCancellationRequested();
        folder.Write(NumbersName, JsonSerializer.SerializeToUtf8Bytes(report, ReportJson.Default.Report));
        folder.Write(PageName, page);
    }
}
