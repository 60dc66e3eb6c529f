using static Kappa.Lab.Reports.HtmlPage;
using static Kappa.Lab.Watching.WatchHtml;

namespace Kappa.Lab.Watching;

/// <summary>The page of all runs below a folder.</summary>
internal static class ListPage
{
    internal static string Of(ShownFolder folder, IReadOnlyList<RunView> runs, bool isCut)
    {
        int running = runs.Count(run => run.State == RunState.Running);
        string cut = isCut ? "<p class=\"warning\">There are too many folders to look into all; serve one nearer to the runs.</p>\n" : "";
        string table = runs.Count == 0
            ? "<p>There is no run here yet. One that begins appears by itself.</p>\n"
            : "<div class=\"scroll\"><table>\n<thead><tr><th scope=\"col\">run</th><th scope=\"col\">command</th><th scope=\"col\">state</th>"
              + "<th scope=\"col\">progress</th><th scope=\"col\">begun</th><th scope=\"col\">report</th></tr></thead>\n<tbody>\n"
              + string.Concat(runs.Select(Row)) + "</tbody>\n</table></div>\n";
        return Page(
            $"{(running > 0 ? Figures.Say($"{running} running, ") : "")}{Path.GetFileName(folder.FullPath)}",
            $"<h1>Runs in {Escape(folder.FullPath)}</h1>\n", cut + table);
    }

    /// <summary>What is said where the folder itself is gone.</summary>
    internal static string Gone(ShownFolder folder) => Page(
        Path.GetFileName(folder.FullPath), $"<h1>Runs in {Escape(folder.FullPath)}</h1>\n",
        "<p class=\"warning\">The folder is not there, or may not be read. This page shows its runs again when it is back.</p>\n");

    private static string Row(RunView run)
    {
        string place = run.Place.Length == 0 ? "." : run.Place, name = run.Name == Path.GetFileName(run.Place) ? "" : $"<small>{Escape(run.Name)}</small>";
        string report = run.HasReport ? $"<a href=\"{Escape(ReportOf(run))}\">report</a>" : "";
        return $"<tr><td><a href=\"{Escape(AddressOf(run))}\">{Escape(place)}</a>{name}</td><td>{Escape(run.Kind)}</td><td>{StateOf(run)}</td>"
            + $"<td>{ProgressOf(run)}</td><td>{run.Begun.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)}</td><td>{report}</td></tr>\n";
    }
}
