using System.Text;
using System.Text.Json;
using Kappa.Networks.Checkpoints;

namespace Kappa.Lab.Reports;

/// <summary>Writes reports: one HTML file that needs nothing else, so that it opens offline and can be mailed, and the same as JSON for programs.</summary>
public static class ReportWriter
{
    /// <summary>Writes the page, and beside it a file of the same name that ends in <c>.json</c>; each whole or not at all.</summary>
    /// <param name="path">The page.</param>
    /// <param name="report">What it says.</param>
    /// <param name="cancellation">Asked before each file.</param>
    /// <exception cref="IOException">A file cannot be written.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static void Write(string path, Report report, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(report);
        byte[] page = Encoding.UTF8.GetBytes(HtmlPage.Of(report, cancellation));
        cancellation.ThrowIfCancellationRequested();
        AtomicFile.Write(Path.ChangeExtension(path, ".json"), stream => JsonSerializer.Serialize(stream, report, ReportJson.Default.Report));
        AtomicFile.Write(path, stream => stream.Write(page));
    }
}
