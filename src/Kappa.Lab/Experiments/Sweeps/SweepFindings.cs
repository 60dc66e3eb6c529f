namespace Kappa.Lab.Experiments.Sweeps;

/// <summary>What a sweep found: its trials from the best on, and how the figure goes with each field.</summary>
internal static class SweepFindings
{
    /// <summary>The results from the best on; those that diverged come last.</summary>
    internal static IEnumerable<CellResult> Ranked(CellResults results, bool higherIsBetter) => results.Finished
        .OrderBy(result => double.IsFinite(result.Number("figure")) ? 0 : 1)
        .ThenBy(result => higherIsBetter ? -result.Number("figure") : result.Number("figure"))
        .ThenBy(TrialOf);

    internal static int TrialOf(CellResult result) => (int)result.Number("trial");

    internal static Findings Of(SweepConfig config, SweepSpace space, IReadOnlyList<CellResults> rungs, bool higherIsBetter)
    {
        // Of each trial the rung that it came to last; those that came further are before others.
        CellResult[] ranked = [.. rungs.Reverse().SelectMany(results => Ranked(results, higherIsBetter)).DistinctBy(TrialOf)];
        if (ranked.Length == 0)
            return new Findings("No trial is finished.", []);
        string figure = config.Train.Monitor == "metric" && ranked[0].Value["metricName"] is JsonValue name ? name.GetValue<string>() : "validation loss";
        bool hasBest = double.IsFinite(ranked[0].Number("figure"));
        string values = string.Join(", ", space.Paths.Zip(ranked[0].Numbers("values"), (path, value) => $"{path} {Figures.Short(value)}"));
        string headline = hasBest
            ? $"The best of {config.Trials} trials: {values}, with a {figure} of {Figures.Short(ranked[0].Number("figure"))}."
            : $"All {ranked.Length} trials diverged.";
        var edges = hasBest ? Edges(config, space, ranked[0]) : [];
        if (edges.Count > 0)
            headline += $" {string.Join(" and ", edges)} {(edges.Count == 1 ? "is" : "are")} at the edge of the range: a wider one may hold a better.";
        return new Findings(headline, [Table(space, ranked, figure), Plots(config, space, ranked, figure), Best(space, ranked[0])]);
    }

    private static FindingSection Table(SweepSpace space, CellResult[] ranked, string figure) => new("Trials", "From the best on.")
    {
        Table = new FindingTable(
            ["trial", .. space.Paths, "steps", figure, "note"],
            [.. ranked.Select(result => (FindingCell[])[
                FindingCell.Of((long)TrialOf(result)), .. result.Numbers("values").Select(value => FindingCell.Of(value)),
                FindingCell.Of((long)result.Number("steps")), FindingCell.Of(result.Number("figure")), result.Value["diverged"] is null ? "" : "diverged"])]),
    };

    private static FindingSection Plots(SweepConfig config, SweepSpace space, CellResult[] ranked, string figure) => new("What each field does", "")
    {
        Plots = [.. space.Paths.Select((path, place) => new LinePlot(figure, path, "", [.. ranked.GroupBy(result => result.Number("steps")).Select(rung =>
            new PlotLine(
                FormattableString.Invariant($"{rung.Key} steps"), [.. rung.Select(result => result.Numbers("values")[place])],
                [.. rung.Select(result => result.Number("figure"))])
            {
                PointsOnly = true,
                Hover = [.. rung.Select(result => FormattableString.Invariant($"trial {TrialOf(result)}"))],
            })])
            {
                LogX = config.Search[path].Scale == "log",
            })],
    };

    private static FindingSection Best(SweepSpace space, CellResult best) => new("The best config", "For kappa train.")
    {
        Verbatim = space.ConfigOf(TrialOf(best)).ToText(),
        Place = SectionPlace.Report,
    };

    /// <summary>The fields whose best value is among the outer tenth of its range.</summary>
    private static List<string> Edges(SweepConfig config, SweepSpace space, CellResult best)
    {
        var edges = new List<string>();
        foreach (var (path, value) in space.Paths.Zip(best.Numbers("values")))
        {
            var range = config.Search[path];
            if (range.Values is null && (value <= range.At(0.1, isWhole: false) || value >= range.At(0.9, isWhole: false)))
                edges.Add(path);
        }
        return edges;
    }
}
