namespace Kappa.Lab.Experiments.Chunks;

/// <summary>What the results of several lengths say together.</summary>
internal static class ChunkFindings
{
    /// <summary>From the results of each length, in rising order.</summary>
    internal static Findings Of(IReadOnlyList<(int Chunk, SettingResults Results)> lengths)
    {
        var resampling = FeedbackFindings.NewBootstrap;
        var facts = lengths[0].Results.Facts;
        string[] methods = [.. lengths.SelectMany(length => length.Results.Methods).Select(method => method.Method.Title).Distinct()];
        Interval?[][] medians = [.. methods.Select(method => lengths.Select(length => MedianOf(length.Results, method, resampling)).ToArray())];
        return new Findings(
            Headline(lengths, methods, medians, facts),
            [
                new FindingSection(
                    "Success against the length of a chunk",
                    "Rows: methods, each at the rate that was best for it at that length. Columns: actions decided at once. "
                    + $"{facts.MetricName}: median over seeds with 95% bootstrap interval.")
                {
                    Table = new FindingTable(
                        ["method", .. lengths.Select(length => Figures.Say($"{length.Chunk}"))],
                        [.. methods.Zip(medians, (method, row) => (FindingCell[])[method, .. row.Select(FindingCell.Of)])]),
                    Plots =
                    [
                        new LinePlot(
                            "Against the length of a chunk", "actions decided at once", facts.MetricName,
                            [.. methods.Zip(medians, (method, row) => Line(method, lengths, row))])
                        {
                            LogX = true, KeepsBands = true,
                        },
                    ],
                },
                .. lengths.SelectMany(length => FeedbackFindings.Of(length.Results).Sections.Select(section => section with
                {
                    Title = Figures.Say($"chunks of {length.Chunk}: {char.ToLowerInvariant(section.Title[0])}{section.Title[1..]}"),
                    Place = SectionPlace.Report,
                })),
            ]);
    }

    private static Interval? MedianOf(SettingResults results, string method, Bootstrap resampling)
    {
        var runs = results.Methods.Where(one => one.Method.Title == method).SelectMany(one => one.ByMetric);
        double[] values = [.. runs.Select(run => run.Metric).OfType<double>()];
        return values.Length == 0 ? null : resampling.Median(values);
    }

    private static PlotLine Line(string method, IReadOnlyList<(int Chunk, SettingResults Results)> lengths, Interval?[] medians)
    {
        var known = lengths.Zip(medians).Where(pair => pair.Second is not null).ToArray();
        return new PlotLine(method, [.. known.Select(pair => (double)pair.First.Chunk)], [.. known.Select(pair => pair.Second!.Estimate)])
        {
            Low = [.. known.Select(pair => pair.Second!.Low)],
            High = [.. known.Select(pair => pair.Second!.High)],
        };
    }

    private static string Headline(
        IReadOnlyList<(int Chunk, SettingResults Results)> lengths, string[] methods, Interval?[][] medians, TaskFacts facts)
    {
        string sign = facts.HigherIsBetter ? "highest" : "lowest";
        var best = methods.Zip(medians, (method, row) =>
        {
            var known = lengths.Zip(row).Where(pair => pair.Second is not null);
            var (length, median) = facts.HigherIsBetter ? known.MaxBy(pair => pair.Second!.Estimate) : known.MinBy(pair => pair.Second!.Estimate);
            return Figures.Say($"{method}: {median!.Estimate:0.00} at {length.Chunk}");
        });
        return $"The length at which the median of {facts.MetricName} is {sign}, the first where several are: {string.Join("; ", best)}.";
    }
}
