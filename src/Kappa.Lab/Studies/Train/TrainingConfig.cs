using Kappa.Lab.Tasks.Models;

namespace Kappa.Lab.Studies.Train;

/// <summary>What <c>kappa train</c> runs: one model, one data set, one optimizer, with every default filled in.</summary>
public sealed record TrainingConfig
{
    /// <summary>Names the run and its folder.</summary>
    public required string Name { get; init; }

    /// <summary>The data set.</summary>
    public required KindConfig Data { get; init; }

    /// <summary>The model.</summary>
    public required KindConfig Model { get; init; }

    /// <summary>The optimizer, with its one learning rate.</summary>
    public required OptimizerConfig Optimizer { get; init; }

    /// <summary>How the learning rate changes.</summary>
    public required TrainingSchedule Schedule { get; init; }

    /// <summary>How long to train.</summary>
    public required TrainingLength Length { get; init; }

    /// <summary>Examples in a step.</summary>
    public required int BatchSize { get; init; }

    /// <summary>The gradient is scaled down to this norm where it is larger; null for no limit.</summary>
    public double? MaxGradientNorm { get; init; }

    /// <summary>Decides initialisation, data order and dropout.</summary>
    public required int Seed { get; init; }

    /// <summary>Steps between lines of the metrics; null for a twentieth of the run.</summary>
    public int? EvaluateEvery { get; init; }

    /// <summary>Steps between checkpoints; null for a tenth of the run.</summary>
    public int? CheckpointEvery { get; init; }

    /// <summary>Steps between measurements of how well the model is conditioned; null for none.</summary>
    public int? Diagnostics { get; init; }

    /// <summary>Validation examples of the evaluations along the way, spread evenly; the last evaluation takes all. 0 for all always.</summary>
    public required int ValidationExamples { get; init; }

    /// <summary>The learning rate before the schedule.</summary>
    public double LearningRate => Optimizer.LearningRates[0];
}
