namespace Kappa.Lab.Experiments.TestTimeFeedback;

/// <summary>How well a measure ranks models as their deployment does, over several settings.</summary>
/// <param name="Predictor">The measure.</param>
/// <param name="Settings">Kendall's tau-b of each setting; null where it is undefined.</param>
/// <param name="Mean">Their mean over the settings that have one; null where none does.</param>
/// <param name="Pooled">Tau-b over all couples of runs of one setting; null where it is undefined.</param>
internal sealed record CombinedRanks(HeldOutPredictor Predictor, IReadOnlyList<Interval?> Settings, Interval? Mean, Interval? Pooled)
{
    internal static CombinedRanks Of(HeldOutPredictor predictor, IReadOnlyList<(string Name, SettingResults Results)> settings, Bootstrap resampling)
    {
        (IReadOnlyList<double>, IReadOnlyList<double>)[] groups =
        [
            .. from setting in settings
               let having = RankAgreement.Having(setting.Results.Deployed, predictor)
               select RankAgreement.Ranked(having, predictor, setting.Results.Facts),
        ];
        return new CombinedRanks(
            predictor, [.. groups.Select(group => RankCorrelation.Kendall(group.Item1, group.Item2, resampling))],
            RankCorrelation.KendallMean(groups, resampling), RankCorrelation.KendallWithin(groups, resampling));
    }
}
