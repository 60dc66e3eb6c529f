using Kappa.Training.Metrics;

namespace Kappa.Training;

/// <summary>How a <see cref="Trainer"/> trains. The learning rate, its schedule and the clipping of gradients are the optimizer's.</summary>
public sealed record TrainerOptions
{
    /// <summary>Passes over the training examples; null where <see cref="Steps"/> says how long.</summary>
    [Range(Above = 0)]
    public double? Epochs { get; init; }

    /// <summary>Optimizer steps; null where <see cref="Epochs"/> says how long.</summary>
    [Range(AtLeast = 1)]
    public long? Steps { get; init; }

    /// <summary>The loss.</summary>
    public Objective Objective { get; init; } = Objective.Classification;

    /// <summary>What is measured on the validation examples beside the loss.</summary>
    public IReadOnlyList<Metric> Metrics { get; init; } = [];

    /// <summary>What decides which model is the best and when to stop: one of <see cref="Metrics"/>; null for the loss, of the validation examples where
    /// there are some.</summary>
    public Metric? Monitor { get; init; }

    /// <summary>Evaluations without a better figure after which training stops; null for never.</summary>
    [Range(AtLeast = 1)]
    public int? Patience { get; init; }

    /// <summary>By how much a figure must be better to count as better.</summary>
    [Range(AtLeast = 0)]
    public double LeastImprovement { get; init; }

    /// <summary>Steps between evaluations; null for one after each epoch.</summary>
    [Range(AtLeast = 1)]
    public long? EvaluateEvery { get; init; }

    /// <summary>Batches whose gradients are averaged in one step: the gradient of a batch so many times as large, in the memory of one.</summary>
    [Range(AtLeast = 1)]
    public int Accumulate { get; init; } = 1;

    /// <summary>Takes the folders <c>best</c> and <c>last</c>, each a <see cref="Checkpoints.Checkpoint"/>; null to write nothing.</summary>
    public string? Folder { get; init; }

    /// <summary>Goes on from <c>last</c> in <see cref="Folder"/>, where there is one, to the bits of a training that was never stopped.</summary>
    public bool Resume { get; init; }

    /// <summary>Whether the model has its best parameters in the end, rather than the last.</summary>
    public bool RestoreBest { get; init; } = true;

    /// <summary>Who else is called along the way.</summary>
    public IReadOnlyList<TrainerCallback> Callbacks { get; init; } = [];

    /// <summary>Hears how it goes on; null for nobody. By default the terminal.</summary>
    public IProgress<TrainerProgress>? Progress { get; init; } = new ConsoleProgress();

    /// <summary>Whether what is most likely a mistake is refused: probabilities where the loss takes scores, or a model that was put in evaluation mode on the
    /// way.</summary>
    public bool Guards { get; init; } = true;

    /// <summary>Tells the time.</summary>
    internal TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Checks the options.</summary>
    /// <exception cref="ArgumentException">One is out of its range, or two contradict each other; the message names them.</exception>
    public void Validate()
    {
        OptionRanges.Check(this);
        if ((Epochs is null) == (Steps is null))
            throw new ArgumentException($"TrainerOptions: give either Epochs or Steps; {(Epochs is null ? "neither is" : "both are")} given");
        if (Monitor is { } monitor && !Metrics.Contains(monitor))
            throw new ArgumentException($"TrainerOptions.Monitor: expected one of Metrics; got \"{monitor.Name}\", which is none of them");
        if (Resume && Folder is null)
            throw new ArgumentException("TrainerOptions.Resume: there is no Folder to resume from");
        foreach (var metric in Metrics)
        {
            if (metric.Targets != TargetKind.Any && Objective.Targets != TargetKind.Any && metric.Targets != Objective.Targets)
            {
                throw new ArgumentException(
                    $"TrainerOptions.Metrics: {metric.Name} is of {Words(metric.Targets)}, and the loss, {Objective.Name}, is of {Words(Objective.Targets)}");
            }
        }
    }

    private static string Words(TargetKind kind) => kind == TargetKind.Classes ? "classes" : "numbers";
}
