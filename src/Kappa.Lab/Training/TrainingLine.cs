using System.Text.Json.Serialization;

namespace Kappa.Lab.Training;

/// <summary>One line of <c>metrics.jsonl</c> of a training run.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="TrainingLoss">The mean training loss over the steps since the line before, in nats; null at step 0.</param>
/// <param name="ValidationLoss">The loss on the validation examples, in nats.</param>
/// <param name="BitsPerCharacter">Of text: the validation loss per character, in bits; otherwise null.</param>
/// <param name="Accuracy">Of pictures: the share of validation pictures that are classified rightly; otherwise null.</param>
/// <param name="GradientNorm">The norm of the last gradient, before any limit; null at step 0.</param>
/// <param name="LearningRate">The learning rate of the last step; null at step 0.</param>
/// <param name="Seconds">Wall-clock seconds so far, evaluations included. Not part of what must repeat.</param>
public sealed record TrainingLine(
    int Step,
    double? TrainingLoss,
    double ValidationLoss,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? BitsPerCharacter,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Accuracy,
    double? GradientNorm,
    double? LearningRate,
    double Seconds);
