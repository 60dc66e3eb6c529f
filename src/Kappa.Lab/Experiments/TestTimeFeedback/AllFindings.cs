namespace Kappa.Lab.Experiments.TestTimeFeedback;

/// <summary>What the results of several settings say together.</summary>
internal static class AllFindings
{
    internal static Findings Of(IReadOnlyList<(string Name, SettingResults Results)> settings)
    {
        var resampling = FeedbackFindings.NewBootstrap;
        var effects = Effects(settings, resampling);
        var ranks = HeldOutPredictors.All.Select(predictor => CombinedRanks.Of(predictor, settings, resampling)).ToArray();
        return new Findings(
            Headline(effects, ranks),
            [
                new FindingSection(
                    "With and without activation preconditioning",
                    $"Differences seed by seed, with minus without: median with 95% bootstrap interval. {FeedbackFindings.VerdictText}")
                {
                    Table = new FindingTable(
                        ["setting", "optimizer", "deployed metric", "difference of it", "verdict", "difference of validation loss", "verdict"],
                        [.. effects.Select(effect => effect.Cells)]) { IsGrouped = true },
                },
                new FindingSection(
                    "Which measure ranks models as deployment does",
                    "Kendall's tau-b with the deployed metric over all runs of a setting, positive where the smaller measure goes with the better deployment; "
                    + "95% bootstrap intervals. Mean: over the settings that have the measure, each counting alike; its interval resamples the runs within "
                    + "each setting and holds the settings fixed, since these few are what was asked and no sample of settings. Pooled: tau-b over all couples "
                    + "of runs of one setting, of all settings together, with the same resamples; runs of two settings are never compared, and a setting "
                    + "counts by its couples.")
                {
                    Table = new FindingTable(
                        ["measure", .. settings.Select(setting => setting.Name), "mean", "pooled within settings"],
                        [.. ranks.Select(rank => (FindingCell[])
                        [
                            rank.Predictor.Title, .. rank.Settings.Select(FindingCell.Of), rank.Mean is null ? "missing" : FindingCell.Of(rank.Mean),
                            rank.Pooled is null ? "missing" : FindingCell.Of(rank.Pooled),
                        ])]),
                },
                .. settings.SelectMany(setting => FeedbackFindings.Of(setting.Results).Sections.Select(section => section with
                {
                    Title = $"{setting.Name}: {char.ToLowerInvariant(section.Title[0])}{section.Title[1..]}", Place = SectionPlace.Report,
                })),
            ]);
    }

    private static (FindingCell[] Cells, string Verdict)[] Effects(IReadOnlyList<(string Name, SettingResults Results)> settings, Bootstrap resampling) =>
    [
        .. from setting in settings
           let metrics = PairedDifference.OfMetric(setting.Results, resampling)
           let losses = PairedDifference.Of(setting.Results, run => run.ValidationLoss, higherIsBetter: false, resampling)
           from pair in metrics.Zip(losses)
           where pair.First.Method.Method.IsCompared
           select ((FindingCell[])
           [
               setting.Name, pair.First.Reference.Method.Title, setting.Results.Facts.MetricName,
               FeedbackFindings.Cell(pair.First.Difference), pair.First.Verdict,
               FeedbackFindings.Cell(pair.Second.Difference), pair.Second.Verdict,
           ], pair.First.Verdict),
    ];

    private static string Headline((FindingCell[] Cells, string Verdict)[] effects, CombinedRanks[] ranks)
    {
        int Count(string beginning) => effects.Count(effect => effect.Verdict.StartsWith(beginning, StringComparison.Ordinal));
        var means = ranks.Where(rank => rank.Mean is not null).OrderByDescending(rank => rank.Mean!.Estimate)
            .Select(rank => $"{rank.Predictor.Title} {Figures.Short(rank.Mean)}");
        return $"Of {effects.Length} pairs of an optimizer and a setting, activation preconditioning improves the deployed metric in {Count("told: better")}, "
            + $"worsens it in {Count("told: worse")}, changes it by less than 5% in {Count("excluded")}, and {Count("open")} are open.\n\n"
            + $"Mean of Kendall's tau with the deployed metric: {string.Join(", ", means)}.";
    }
}
