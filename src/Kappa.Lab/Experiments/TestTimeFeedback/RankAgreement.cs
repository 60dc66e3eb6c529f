namespace Kappa.Lab.Experiments.TestTimeFeedback;

/// <summary>How well a measure ranks models as their deployment does.</summary>
/// <param name="Predictor">The measure.</param>
/// <param name="All">Kendall's tau-b over all runs that were deployed; null where it is undefined.</param>
/// <param name="Reported">The same over the reported runs at chosen rates.</param>
/// <param name="Runs">The runs that have the measure.</param>
/// <param name="Missing">The deployed runs that have none.</param>
internal sealed record RankAgreement(HeldOutPredictor Predictor, Interval? All, Interval? Reported, int Runs, int Missing)
{
    /// <summary>Why there is no correlation, or a part of the runs is left out; empty where all is there.</summary>
    internal string Note => Runs == 0 ? $"missing: {Predictor.WhyMissing}"
        : All is null ? "undefined: one of the two is the same for all runs"
        : Missing > 0 ? $"not finite in {Missing} runs, which are left out"
        : "";

    internal static IReadOnlyList<RankAgreement> Of(SettingResults results, Bootstrap resampling) =>
    [
        .. HeldOutPredictors.All.Select(predictor =>
        {
            var having = Having(results.Deployed, predictor);
            return new RankAgreement(
                predictor, Tau(having, predictor, results.Facts, resampling), Tau(Having(results.ReportedAndDeployed, predictor), predictor,
                    results.Facts, resampling),
                having.Length, results.Deployed.Count - having.Length);
        }),
    ];

    /// <summary>The runs that have a measure.</summary>
    internal static FeedbackRun[] Having(IEnumerable<FeedbackRun> runs, HeldOutPredictor predictor) =>
        [.. runs.Where(run => run.Predictors.ContainsKey(predictor.Name))];

    /// <summary>Positive where a smaller measure goes with a better deployment.</summary>
    internal static Interval? Tau(IReadOnlyList<FeedbackRun> runs, HeldOutPredictor predictor, TaskFacts facts, Bootstrap resampling) =>
        Kendall(Ranked(runs, predictor, facts), resampling);

    /// <summary>The measure of each run and the deployed metric, of which the smaller is the better.</summary>
    internal static (IReadOnlyList<double> Measures, IReadOnlyList<double> Metrics) Ranked(
        IReadOnlyList<FeedbackRun> runs, HeldOutPredictor predictor, TaskFacts facts) =>
        ([.. runs.Select(run => run.Predictors[predictor.Name])], [.. runs.Select(run => facts.HigherIsBetter ? -run.Metric!.Value : run.Metric!.Value)]);

    private static Interval? Kendall((IReadOnlyList<double> Measures, IReadOnlyList<double> Metrics) ranked, Bootstrap resampling) =>
        RankCorrelation.Kendall(ranked.Measures, ranked.Metrics, resampling);
}
