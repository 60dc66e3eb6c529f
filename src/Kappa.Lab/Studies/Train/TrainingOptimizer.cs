namespace Kappa.Lab.Studies.Train;

/// <summary>The optimizer of a single run, with its one learning rate.</summary>
public sealed record TrainingOptimizer : OptimizerChoice, ICheckedSettings
{
    /// <summary>The rate before the schedule.</summary>
    [Setting("the rate before the schedule", AtLeast = 0)]
    public required double LearningRate { get; init; }

    /// <inheritdoc/>
    public void Check(SettingsCheck check) => RequireMakes(check, [LearningRate]);
}
