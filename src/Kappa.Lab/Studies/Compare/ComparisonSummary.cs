namespace Kappa.Lab.Studies.Compare;

/// <summary>What a comparison found.</summary>
/// <param name="Name">The run's name.</param>
/// <param name="MetricName">What the test-time metric is.</param>
/// <param name="HigherIsBetter">Whether a larger metric is better.</param>
/// <param name="Finished">Finished trials.</param>
/// <param name="Total">All trials.</param>
/// <param name="RankCorrelation">Spearman's correlation of validation loss and metric over all trials that did not diverge; null where undefined.</param>
/// <param name="Optimizers">One for each optimizer, in the order of the config.</param>
public sealed record ComparisonSummary(
    string Name, string MetricName, bool HigherIsBetter, int Finished, int Total, double? RankCorrelation, IReadOnlyList<OptimizerSummary> Optimizers);
