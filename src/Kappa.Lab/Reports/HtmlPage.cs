using System.Net;
using System.Reflection;
using System.Security.Cryptography;

namespace Kappa.Lab.Reports;

/// <summary>A report as one HTML file with its style, its plotting library and its data inside.</summary>
internal static class HtmlPage
{
    /// <summary>The element that keeps the plotting library from adding the style of its maps, which the policy would refuse.</summary>
    internal const string MapStyle = "9f215cf04c5486422605d13261cb87401f4e7763b6296af81e98efbc0130da53";

    internal const string StyleName = "Reports.report.css";
    internal const string PlotlyName = "Reports.plotly-basic.min.js";
    internal const string ScriptName = "Reports.report.js";

    private static readonly Lazy<(string Style, string Plotly, string Script, string Policy)> Own = new(() =>
    {
        string style = Resource(StyleName), plotly = Resource(PlotlyName), script = Resource(ScriptName);
        return (style, plotly, script, Policy($"{Hash(plotly)} {Hash(script)}", Hash(style)));
    });

    /// <summary>The browser itself refuses whatever would leave the page, and whatever text from outside could bring in.</summary>
    /// <remarks>A plot that is saved as a picture of pixels is drawn from one in the page's own memory (<c>blob:</c>). Of styles the plotting library needs
    /// two: an empty element that it puts its rules into, and that of an exponent.</remarks>
    /// <param name="scripts">The scripts that run.</param>
    /// <param name="styles">The styles that count, beside those of the plotting library.</param>
    internal static string Policy(string scripts, string styles) =>
        $"default-src 'none'; script-src {scripts}; style-src {styles} {Hash("")} 'unsafe-hashes' {Hash("font-size:70%")}; img-src data: blob:; "
        + "base-uri 'none'; form-action 'none'";

    internal static string Of(Report report, CancellationToken cancellation = default)
    {
        var (style, plotly, script, policy) = Own.Value;
        string studies = string.Concat(report.Parts.Select((part, i) =>
        {
            cancellation.ThrowIfCancellationRequested();
            return HtmlFindings.Of(part, i, isOnly: report.Parts.Count == 1);
        }));
        string configs = string.Concat(report.Parts.Select(ConfigOf));
        string parts = string.Concat(report.Parts.Where(part => part.Environment is not null)
            .Select(part => $"<h3>{Escape(part.Name)}</h3>\n{Made(part.Environment!)}"));
        return string.Create(CultureInfo.InvariantCulture, $"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="{policy}">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>{Escape(report.Title)}</title>
            <style>{style}</style>
            <style id="{MapStyle}"></style>
            </head>
            <body>
            <main>
            <h1>{Escape(report.Title)}</h1>
            {studies}{Glossary.Section(report)}<section>
            <h2>How it was made</h2>
            {Made(report.Environment)}{parts}</section>
            {configs}</main>
            {DataOf(report.Parts)}
            <script>{plotly}</script>
            <script>{script}</script>
            </body>
            </html>

            """);
    }

    /// <summary>What the script draws: the plots of studies, and how their lines look.</summary>
    internal static string DataOf(IReadOnlyList<ReportPart> parts)
    {
        IReadOnlyList<LinePlot>[] drawn = [.. parts.Select(HtmlFindings.Plots)];
        string looks = LooksOf(new Palette(drawn.SelectMany(part => part)));
        string plots = JsonSerializer.Serialize(drawn, ReportJson.Default.IReadOnlyListIReadOnlyListLinePlot);
        return $"<script type=\"application/json\" id=\"plots\">{plots}</script>\n<script type=\"application/json\" id=\"looks\">{looks}</script>";
    }

    /// <summary>The config of a study, folded; nothing where it is not known.</summary>
    internal static string ConfigOf(ReportPart part) => part.Config.Length == 0
        ? ""
        : $"<details>\n<summary>Config of {Escape(part.Name)}, every default spelt out</summary>\n"
          + $"<pre><code>{Escape(part.Config)}</code></pre>\n</details>\n";

    private static string LooksOf(Palette palette)
    {
        static JsonArray List(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)text)]);
        return new JsonObject
        {
            ["colors"] = List(Palette.Colors),
            ["symbols"] = List(Palette.Symbols),
            ["names"] = List(palette.Names),
        }.ToJsonString();
    }

    private static string Made(RunEnvironment environment) => string.Create(CultureInfo.InvariantCulture, $"""
        <dl>
        <dt>Command</dt><dd><code>{Escape(environment.Command)}</code></dd>
        <dt>Kappa</dt><dd>{Escape(environment.Version)}</dd>
        <dt>Machine</dt><dd>{Escape(environment.Machine)}</dd>
        <dt>Written</dt><dd>{environment.When:yyyy-MM-dd HH:mm zzz}</dd>
        </dl>

        """);

    internal static string Escape(string text) => WebUtility.HtmlEncode(VisibleText.Of(text));

    private static string Hash(string text) => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}'";

    /// <summary>The text of a file that is embedded, by its folder and its name.</summary>
    internal static string Resource(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"Kappa.Lab.{name}")
            ?? throw new InvalidOperationException($"the resource {name} is not embedded; build Kappa.Lab again");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        // A browser hashes what it reads, and it reads every end of a line as a line feed.
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
