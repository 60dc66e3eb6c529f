using System.Globalization;
using System.Net;
using System.Reflection;
using System.Text;

namespace Kappa.Lab.Reports;

/// <summary>The page around a report: one HTML file with its style, its plotting library and its data inside.</summary>
internal static class ReportPage
{
    /// <param name="title">The heading.</param>
    /// <param name="environment">Where and by what the run was made.</param>
    /// <param name="body">The HTML of the report itself.</param>
    /// <param name="configs">Name and text of each config.</param>
    /// <param name="plots">What the plots show, as JSON; an element with <c>data-run="i"</c> takes the i-th.</param>
    internal static string ToHtml(
        string title, RunEnvironment environment, string body, IReadOnlyList<(string Name, string Text)> configs, IReadOnlyList<string> plots)
    {
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
        _ = page.Append(body).Append(Provenance(environment));
        foreach (var (name, text) in configs)
            _ = page.Append(ConfigBlock(name, text));
        _ = page.Append("</main>\n");
        for (int i = 0; i < plots.Count; i++)
            _ = page.Append(CultureInfo.InvariantCulture, $"<script type=\"application/json\" id=\"data-{i}\">{ForScript(plots[i])}</script>\n");
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

    private static string ConfigBlock(string name, string text) => $"""
        <details>
        <summary>Config of {Escape(name)}, every default spelt out</summary>
        <pre><code>{Escape(text)}</code></pre>
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
