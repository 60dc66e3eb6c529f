using System.Text.Json.Serialization;

namespace Kappa.Lab.Studies.Train;

/// <summary>One line of <c>metrics.jsonl</c> of a training run: an evaluation, diagnostics, or what the trained model gives where inputs differ.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="TrainingLoss">The mean training loss over the steps since the line before, in nats; null at step 0.</param>
/// <param name="ValidationLoss">The loss on the validation examples, in nats; null in a line of diagnostics.</param>
/// <param name="BitsPerCharacter">Of text: the validation loss per character, in bits; otherwise null.</param>
/// <param name="Accuracy">Of classes but tokens: the share of validation examples that are classified rightly; otherwise null.</param>
/// <param name="GradientNorm">The norm of the last gradient, before any limit; null at step 0.</param>
/// <param name="LearningRate">The learning rate of the last step; null at step 0.</param>
/// <param name="Seconds">Wall-clock seconds so far, evaluations included. Not part of what must repeat.</param>
/// <param name="Diagnostics">How well the model was conditioned; null in a line of an evaluation.</param>
/// <param name="Figures">Of numbers that are predicted: all figures by name; otherwise null.</param>
/// <param name="Shifts">What the model that the run ended with gives where inputs differ; null in every other line.</param>
/// <param name="Amended">How the config was changed from this step on; null in every other line.</param>
/// <param name="AllSteps">Of a run that is measured in epochs: how many steps they are; otherwise null.</param>
public sealed record TrainingLine(
    int Step,
    double? TrainingLoss,
    double? ValidationLoss,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? BitsPerCharacter,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Accuracy,
    double? GradientNorm,
    double? LearningRate,
    double Seconds,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DiagnosticsRecord? Diagnostics = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Amended = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, double>? Figures = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<ShiftedFigures>? Shifts = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? AllSteps = null);
