using System.Text.Json.Serialization;

namespace Kappa.Lab.Studies.Compare;

/// <summary>How one trial ended.</summary>
public sealed record TrialResult
{
    /// <summary>The label of the optimizer.</summary>
    public required string Optimizer { get; init; }

    /// <summary>The learning rate.</summary>
    public required double LearningRate { get; init; }

    /// <summary>The seed.</summary>
    public required long Seed { get; init; }

    /// <summary>Steps done: fewer than asked for where the trial diverged.</summary>
    public required int Steps { get; init; }

    /// <summary>The loss on the validation examples at the end; null where the trial diverged.</summary>
    public double? ValidationLoss { get; init; }

    /// <summary>The test-time metric; null where the trial diverged.</summary>
    public double? Metric { get; init; }

    /// <summary>Figures against horizon.</summary>
    public IReadOnlyList<HorizonCurve> Curves { get; init; } = [];

    /// <summary>Further figures by name.</summary>
    public IReadOnlyDictionary<string, double> Scalars { get; init; } = new Dictionary<string, double>();

    /// <summary>What the trained model made.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<GreyPicture>? Pictures { get; init; }

    /// <summary>What was not finite, and where; null where all was.</summary>
    public string? Diverged { get; init; }

    /// <summary>Wall-clock time of a training step, in seconds, evaluation left out. Not part of what must repeat.</summary>
    public double SecondsPerStep { get; init; }

    /// <summary>The vector instructions that it was computed with.</summary>
    public required string Instructions { get; init; }

    /// <summary>The lines of the trial's metrics.</summary>
    public required MetricsMark Metrics { get; init; }

    /// <summary>A hash of all that decides the outcome.</summary>
    public required string Identity { get; init; }
}
