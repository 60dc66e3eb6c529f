namespace Kappa.Lab.Reports;

/// <summary>How a comparison ended.</summary>
/// <param name="Config">Its config.</param>
/// <param name="Task">Its task.</param>
/// <param name="Folder">Its folder, for the learning curves.</param>
/// <param name="Results">Its finished trials.</param>
/// <param name="Summary">What it found.</param>
public sealed record ComparisonOutcome(
    ComparisonConfig Config, PreparedTask Task, ComparisonFolder Folder, IReadOnlyList<TrialResult> Results, ComparisonSummary Summary)
{
    /// <summary>The trials at an optimizer's best learning rate.</summary>
    internal TrialResult[] Chosen(string optimizer)
    {
        double? rate = Summary.Optimizers.First(summary => summary.Label == optimizer).Best?.LearningRate;
        return [.. Results.Where(result => result.Optimizer == optimizer && result.LearningRate == rate && result.Diverged is null)];
    }
}
