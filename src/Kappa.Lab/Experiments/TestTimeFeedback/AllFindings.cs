namespace Kappa.Lab.Experiments.TestTimeFeedback;

/// <summary>What the results of several settings say together.</summary>
internal static class AllFindings
{
    internal static Findings Of(IReadOnlyList<(string Name, SettingResults Results)> settings)
    {
        var resampling = FeedbackFindings.NewBootstrap;
        var effects = Effects(settings, resampling);
        var ranks = settings.Select(setting => (setting.Name, Ranks: RankAgreement.Of(setting.Results, resampling))).ToArray();
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
                    "Kendall's tau-b with the deployed metric over all runs of a setting, positive where the smaller measure goes with the better "
                        + "deployment. The last "
                    + "column is the mean over the settings that have the measure.")
                {
                    Table = new FindingTable(
                        ["measure", .. settings.Select(setting => setting.Name), "mean"],
                        [.. HeldOutPredictors.All.Select(predictor => RankRow(predictor, ranks))]),
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
           let metrics = PairedDifference.Of(setting.Results, run => run.Metric, setting.Results.Facts.HigherIsBetter, resampling)
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

    private static FindingCell[] RankRow(HeldOutPredictor predictor, (string Name, IReadOnlyList<RankAgreement> Ranks)[] settings)
    {
        Interval?[] taus = [.. settings.Select(setting => setting.Ranks.First(rank => rank.Predictor == predictor).All)];
        return [predictor.Title, .. taus.Select(FindingCell.Of), FindingCell.Of(MeanOf(taus), "missing")];
    }

    private static double? MeanOf(IEnumerable<Interval?> taus)
    {
        double[] defined = [.. taus.OfType<Interval>().Select(tau => tau.Estimate)];
        return defined.Length == 0 ? null : defined.Average();
    }

    private static string Headline(
        (FindingCell[] Cells, string Verdict)[] effects, (string Name, IReadOnlyList<RankAgreement> Ranks)[] ranks)
    {
        int Count(string beginning) => effects.Count(effect => effect.Verdict.StartsWith(beginning, StringComparison.Ordinal));
        var means = HeldOutPredictors.All
            .Select(predictor => (predictor.Title, Mean: MeanOf(ranks.Select(setting => setting.Ranks.First(rank => rank.Predictor == predictor).All))))
            .Where(one => one.Mean is not null).OrderByDescending(one => one.Mean);
        return $"Of {effects.Length} pairs of an optimizer and a setting, activation preconditioning improves the deployed metric in {Count("told: better")}, "
            + $"worsens it in {Count("told: worse")}, changes it by less than 5% in {Count("excluded")}, and {Count("open")} are open.\n\n"
            + $"Mean of Kendall's tau with the deployed metric: {string.Join(", ", means.Select(one => Figures.Say($"{one.Title} {one.Mean!.Value:0.00}")))}.";
    }
}
