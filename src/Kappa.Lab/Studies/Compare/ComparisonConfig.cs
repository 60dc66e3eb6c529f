using Kappa.Lab.Tasks.Models;

namespace Kappa.Lab.Studies.Compare;

/// <summary>What <c>kappa compare</c> runs: the grid of optimizers, learning rates and seeds, on one task, with every default filled in.</summary>
public sealed record ComparisonConfig
{
    /// <summary>Names the run and its folder.</summary>
    public required string Name { get; init; }

    /// <summary>The task.</summary>
    public required TaskConfig Task { get; init; }

    /// <summary>The model; null lets the task choose.</summary>
    public ModelConfig? Model { get; init; }

    /// <summary>The optimizers, at least one.</summary>
    public required IReadOnlyList<OptimizerConfig> Optimizers { get; init; }

    /// <summary>The learning rates of optimizers that give none of their own.</summary>
    public required IReadOnlyList<double> LearningRates { get; init; }

    /// <summary>The seeds; each decides initialisation and data order, the same for every optimizer.</summary>
    public required IReadOnlyList<long> Seeds { get; init; }

    /// <summary>Steps of training of optimizers that give none of their own.</summary>
    public required int Steps { get; init; }

    /// <summary>Examples in a step; 0 for all of them.</summary>
    public required int BatchSize { get; init; }

    /// <summary>How the learning rate changes.</summary>
    public required ScheduleConfig Schedule { get; init; }

    /// <summary>The gradient is scaled down to this norm where it is larger; null for no limit.</summary>
    public double? MaxGradientNorm { get; init; }

    /// <summary>Steps between checkpoints.</summary>
    public required int CheckpointEvery { get; init; }

    /// <summary>Steps between lines of the metrics.</summary>
    public required int EvaluateEvery { get; init; }

    /// <summary><c>validationLoss</c>, or <c>metric</c>: what chooses each optimizer's best learning rate, by its mean over the seeds.</summary>
    public required string SelectBy { get; init; }

    /// <summary>Every trial, seed by seed, so that an interrupted run has compared all optimizers on the first seeds.</summary>
    public IReadOnlyList<Trial> Trials() =>
        [.. from seed in Seeds
            from optimizer in Optimizers
            from rate in optimizer.LearningRates
            select new Trial(optimizer, rate, seed)];
}
