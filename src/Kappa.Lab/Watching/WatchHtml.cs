using static Kappa.Lab.Reports.HtmlPage;

namespace Kappa.Lab.Watching;

/// <summary>What the pages of runs have in common: they look again every second, and show what has changed.</summary>
internal static class WatchHtml
{
    internal const string ContentType = "text/html; charset=utf-8";

    internal const string Assets = "/assets/";

    internal const string Runs = "/runs/";

    private const string StyleName = "Watching.watch.css";
    private const string ScriptName = "Watching.watch.js";

    /// <summary>The files that pages load, by the ends of their addresses.</summary>
    internal static IReadOnlyDictionary<string, string> Files { get; } =
        new[] { StyleName, ScriptName, HtmlPage.StyleName, HtmlPage.ScriptName, PlotlyName }.ToDictionary(name => name.Split('.', 2)[1]);

    /// <summary>What the browser may load for a page.</summary>
    internal static string OwnPolicy { get; } = Policy("'self'", "'self'") + "; connect-src 'self'; frame-ancestors 'none'";

    /// <summary>The same for a report, which has all that it needs inside. It comes from a folder that may be anybody's, so that it may not look at other
    /// pages either.</summary>
    internal const string ReportPolicy = "sandbox allow-scripts allow-downloads; default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
        + "img-src data: blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>A page.</summary>
    /// <param name="title">What the window is called.</param>
    /// <param name="heading">What stays as it is.</param>
    /// <param name="live">What is looked at again.</param>
    /// <param name="below">What stays as it is; null for a page without plots.</param>
    internal static string Page(string title, string heading, string live, string? below = null) => $"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>{Escape(title)}</title>
        <link rel="icon" href="data:,">
        <link rel="stylesheet" href="{AddressOf(HtmlPage.StyleName)}">
        <link rel="stylesheet" href="{AddressOf(StyleName)}">
        <style id="{MapStyle}"></style>
        </head>
        <body>
        <main>
        {heading}<div id="live">
        {live}</div>
        {below}</main>
        <p id="lost" role="status" hidden>kappa serve does not answer; this is what it said last.</p>
        {(below is null ? "" : Load(PlotlyName) + Load(HtmlPage.ScriptName))}{Load(ScriptName)}
        </body>
        </html>

        """;

    /// <summary>Where a run stands, in a word with its colour.</summary>
    internal static string StateOf(RunView run)
    {
        string state = run.State.ToString().ToLowerInvariant();
        return $"<span class=\"state {state}\">{state}</span>";
    }

    /// <summary>How far a run is, as a bar where its share is known and it is not done.</summary>
    internal static string ProgressOf(RunView run)
    {
        if (run.Progress is not { } progress)
            return "";
        string bar = progress is { IsDone: false, Share: { } share }
            ? string.Create(CultureInfo.InvariantCulture, $"<progress value=\"{share:0.####}\" aria-label=\"share that is done\"></progress>")
            : "";
        return $"<span>{bar}{Escape(progress.Text)}</span>";
    }

    /// <summary>Where the page of a run is.</summary>
    internal static string AddressOf(RunView run) => Runs + string.Join('/', run.Place.Split('/').Select(Uri.EscapeDataString));

    /// <summary>Where the report of a run is.</summary>
    internal static string ReportOf(RunView run) => $"{AddressOf(run).TrimEnd('/')}/{ReportWriter.PageName}";

    private static string Load(string script) => $"<script src=\"{AddressOf(script)}\"></script>\n";

    private static string AddressOf(string file) => Assets + file.Split('.', 2)[1];
}
