using System.Globalization;
using System.Net;
using System.Reflection;
using System.Text;
using System.Text.Json;
using Kappa.Lab.Comparison;
using Kappa.Networks.Checkpoints;

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
        var page = new StringBuilder();
        // The policy makes the browser itself refuse whatever would leave the file.
        _ = page.Append(CultureInfo.InvariantCulture, $$"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:">
            <title>{{Escape(title)}}</title>
            <style>
            {{Resource("report.css")}}
            </style>
            </head>
            <body>
            <main>
            <h1>{{Escape(title)}}</h1>

            """);
        for (int i = 0; i < sections.Count; i++)
            _ = page.Append(SectionHtml.Of(sections[i], i, isOnly: sections.Count == 1));
        _ = page.Append(Provenance(environment));
        foreach (var section in sections)
            _ = page.Append(ConfigBlock(section));
        _ = page.Append("</main>\n");
        for (int i = 0; i < sections.Count; i++)
        {
            string json = JsonSerializer.Serialize(ReportPlotsBuilder.Build(sections[i]), LabJson.Default.ReportPlots);
            _ = page.Append(CultureInfo.InvariantCulture, $"<script type=\"application/json\" id=\"data-{i}\">{ForScript(json)}</script>\n");
        }
        return page
            .Append("<script>\n").Append(Resource("plotly-basic.min.js")).Append("\n</script>\n")
            .Append("<script>\n").Append(Resource("report.js")).Append("\n</script>\n</body>\n</html>\n")
            .ToString();
    }

    internal static string Escape(string text) => WebUtility.HtmlEncode(text);

    private static string Provenance(RunEnvironment environment) => $"""
        <section>
        <h2>How it was made</h2>
        <dl>
        <dt>Command</dt><dd><code>{Escape(environment.Command)}</code></dd>
        <dt>Kappa</dt><dd>{Escape(environment.Version)}</dd>
        <dt>Machine</dt><dd>{Escape(environment.Machine)}</dd>
        <dt>Written</dt><dd>{environment.When.ToString("yyyy-MM-dd HH:mm zzz", CultureInfo.InvariantCulture)}</dd>
        </dl>
        </section>

        """;

    private static string ConfigBlock(ReportSection section) => $"""
        <details>
        <summary>Config of {Escape(section.Config.Name)}, every default spelt out</summary>
        <pre><code>{Escape(ComparisonConfigWriter.ToText(section.Config))}</code></pre>
        </details>

        """;

    /// <summary>JSON that cannot end the script element it stands in.</summary>
    private static string ForScript(string json) => json.Replace("<", "\\u003c", StringComparison.Ordinal);

    private static string Resource(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"Kappa.Lab.Reports.{name}")
            ?? throw new InvalidOperationException($"the resource {name} is not embedded; build Kappa.Lab again");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd().Trim();
    }
}
