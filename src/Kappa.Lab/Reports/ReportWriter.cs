using System.Text.Json;
using System.Text;
using Kappa.Checkpoints;
using Kappa.Lab.Studies.Compare;

namespace Kappa.Lab.Reports;

/// <summary>Writes a report: one HTML file that needs nothing else, so that it opens offline and can be mailed.</summary>
public static class ReportWriter
{
    /// <summary>Writes a report, whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="title">Its heading.</param>
    /// <param name="environment">Where and by what the run was made.</param>
    /// <param name="sections">The comparisons, at least one.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, string title, RunEnvironment environment, IReadOnlyList<ReportSection> sections)
    {
        string html = ToHtml(title, environment, sections);
        AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(html)));
    }

    internal static string ToHtml(string title, RunEnvironment environment, IReadOnlyList<ReportSection> sections)
    {
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentNullException.ThrowIfNull(sections);
        return ReportPage.ToHtml(
            title,
            environment,
            string.Concat(sections.Select((section, i) => SectionHtml.Of(section, i, isOnly: sections.Count == 1))),
            [.. sections.Select(section => (section.Config.Name, section.Config.ToText()))],
            [.. sections.Select(section => JsonSerializer.Serialize(ReportPlotsBuilder.Build(section), LabJson.Default.ReportPlots))]);
    }

    internal static string Escape(string text) => ReportPage.Escape(text);
}
