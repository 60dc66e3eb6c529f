namespace Kappa.Training;

/// <summary>How a training went.</summary>
/// <param name="End">Why it ended.</param>
/// <param name="Steps">Optimizer steps done.</param>
/// <param name="Best">The evaluation with the best figure.</param>
/// <param name="History">All evaluations.</param>
/// <param name="DataWait">The share of the steps' time that they waited for data, 0 to 1.</param>
public sealed record TrainingOutcome(TrainingEnd End, long Steps, TrainingRecord Best, IReadOnlyList<TrainingRecord> History, double DataWait)
{
    /// <summary>The last evaluation.</summary>
    public TrainingRecord Last => History[^1];
}
