using System.Text.Json.Serialization;

namespace Kappa.Lab.Studies.Train;

/// <summary>What a training run ended with; <c>result.json</c> of its folder.</summary>
/// <param name="Steps">Steps done.</param>
/// <param name="Parameters">Numbers that were trained.</param>
/// <param name="Epochs">Passes over the training data.</param>
/// <param name="Units">Tokens or pictures seen.</param>
/// <param name="ValidationLoss">The loss on all validation examples, in nats.</param>
/// <param name="MetricName"><c>bits per character</c> or <c>accuracy</c>.</param>
/// <param name="Metric">Its value on all validation examples.</param>
/// <param name="Seconds">Wall-clock seconds of training with its evaluations; the last one, on all examples, is not counted.</param>
/// <param name="ProcessorSeconds">Processor seconds of the same, over all threads.</param>
/// <param name="Instructions">The vector instructions of the process that ended it.</param>
/// <param name="Metrics">The lines of the metrics.</param>
/// <param name="Amendments">Changes of the config on the way.</param>
public sealed record TrainingResult(
    int Steps, long Parameters, double Epochs, long Units, double ValidationLoss, string MetricName, double Metric, double Seconds, double ProcessorSeconds,
    string Instructions, MetricsMark Metrics, int Amendments)
{
    /// <summary>The best evaluation, whose model the figures are of; null where the last model is what the run ended with.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public BestMark? Best { get; init; }

    /// <summary>Whether it ended for want of a better model.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool StoppedEarly { get; init; }

    /// <summary>All figures on all validation examples, by name.</summary>
    public IReadOnlyDictionary<string, double> Figures { get; init; } = new Dictionary<string, double>();

    /// <summary>The share of the steps' time that they waited for data, 0 to 1.</summary>
    public double DataWait { get; init; }

    /// <summary>The same model where inputs differ, as the config asks for; null where it does not.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ShiftedFigures>? Shifts { get; init; }

    /// <summary>Which classes were taken for which; null where there are none, or they are tokens.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ConfusionCounts? Confusion { get; init; }
}
