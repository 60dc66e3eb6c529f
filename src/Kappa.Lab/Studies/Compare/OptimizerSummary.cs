namespace Kappa.Lab.Studies.Compare;

/// <summary>What one optimizer did.</summary>
/// <param name="Label">Its label.</param>
/// <param name="Best">At the learning rate that the config's <c>selectBy</c> chooses; null where every trial diverged or none is finished.</param>
/// <param name="BestByMetric">At the learning rate that the test-time metric would have chosen; null likewise.</param>
/// <param name="Rates">At every learning rate, in the order of the config.</param>
/// <param name="SecondsPerStep">The median wall-clock time of a training step over its trials.</param>
public sealed record OptimizerSummary(
    string Label, RateSummary? Best, RateSummary? BestByMetric, IReadOnlyList<RateSummary> Rates, double SecondsPerStep);
