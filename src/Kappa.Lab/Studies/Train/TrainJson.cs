using System.Text.Json.Serialization;

namespace Kappa.Lab.Studies.Train;

/// <summary>How what a training run keeps is written as JSON: numbers in full, so that they read back bit for bit.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    WriteIndented = false)]
[JsonSerializable(typeof(TrainingLine))]
[JsonSerializable(typeof(TrainingState))]
[JsonSerializable(typeof(TrainingResult))]
[JsonSerializable(typeof(DiagnosticsRecord))]
internal sealed partial class TrainJson : JsonSerializerContext
{
}
