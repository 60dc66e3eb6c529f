using static Kappa.Lab.Reports.HtmlPage;
using static Kappa.Lab.Watching.WatchHtml;

namespace Kappa.Lab.Watching;

/// <summary>The page of one run: where it stands, its learning curves, its config.</summary>
/// <param name="curves">Reads the curves.</param>
internal sealed class RunPage(RunCurves curves)
{
    private const int MostDone = 20;

    internal string Of(RunView run, string folder)
    {
        var part = Seen(run, folder);
        string report = run.HasReport
            ? $"<a href=\"{Escape(ReportOf(run))}\">{(run.State is RunState.Finished ? "Open the report" : "Open the report from before")}</a>"
            : "";
        string resume = run is { State: RunState.Interrupted, Kind.Length: > 0 }
            ? $"<p>To go on: <code>kappa {Escape(run.Kind)} --resume {Escape(folder)}</code></p>\n"
            : "";
        return Page(
            $"{TitleOf(run)}{run.Name}",
            $"<p class=\"back\"><a href=\"/\">All runs</a></p>\n<h1>{Escape(run.Name)}</h1>\n",
            $"<p class=\"now\"><span>{Escape(run.Kind)}</span>{StateOf(run)}{ProgressOf(run)}{report}</p>\n{resume}"
            + $"{HtmlFindings.Of(part, 0, isOnly: true)}{DataOf([part])}\n",
            ConfigOf(part));
    }

    /// <summary>What is said where there is no run.</summary>
    internal static string Gone(string place) => Page(
        "no run", "<p class=\"back\"><a href=\"/\">All runs</a></p>\n",
        $"<h1>There is no run here</h1>\n<p>Expected a run in {Escape(place.Length == 0 ? "this folder" : place)}; "
        + "it is not there, or not there any more.</p>\n");

    private static string TitleOf(RunView run) => run is { State: RunState.Running, Progress.Share: { } share } ? Figures.Say($"{100 * share:0}% ") : "";

    /// <summary>As a study of a report, so that it looks like one.</summary>
    private ReportPart Seen(RunView run, string folder)
    {
        string config = run.Manifest?.Config.ToJsonString(RunJson.Indented) ?? "";
        var (plots, fault) = Drawn(run, folder);
        string[] faults = [.. new[] { run.Fault, fault }.OfType<string>()];
        var drawn = plots.Count == 0 ? Array.Empty<FindingSection>() : [new("Learning curves", "") { Plots = plots }];
        return new ReportPart(run.Name, "", new Findings("", [.. drawn, .. LastDone(folder)]), config)
        {
            Warning = faults.Length == 0 ? null : string.Join(" ", faults),
        }.With(run.Manifest?.Amendments ?? []);
    }

    /// <summary>What an experiment or a sweep has finished lately.</summary>
    private static IEnumerable<FindingSection> LastDone(string folder)
    {
        var last = RunMeasure.Cells(folder).Select(file => (Name: Path.GetFileNameWithoutExtension(file), When: File.GetLastWriteTime(file)))
            .OrderByDescending(cell => cell.When).ThenBy(cell => cell.Name, StringComparer.Ordinal).Take(MostDone).ToArray();
        if (last.Length == 0)
            yield break;
        yield return new FindingSection("Finished last", "")
        {
            Table = new FindingTable(
                ["piece of work", "finished"],
                [.. last.Select(cell => new[] { cell.Name, cell.When.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) })]),
        };
    }

    private (IReadOnlyList<LinePlot> Plots, string? Fault) Drawn(RunView run, string folder)
    {
        if (run.Manifest is not { } manifest)
            return ([], null);
        try
        {
            var (plots, unreadable) = curves.Of(manifest, folder);
            return (plots, unreadable == 0 ? null
                : Figures.Say($"{unreadable} {(unreadable == 1 ? "line" : "lines")} of metrics.jsonl cannot be read, and the curves are without."));
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // Whatever the files hold, the rest of the page is shown.
            return ([], $"The curves cannot be drawn: {error.Message}");
        }
    }
}
