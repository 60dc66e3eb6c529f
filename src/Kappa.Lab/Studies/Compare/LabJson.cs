using System.Text.Json.Serialization;

namespace Kappa.Lab.Studies.Compare;

/// <summary>How results are written as JSON: numbers in full, so that they read back bit for bit.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    WriteIndented = false)]
[JsonSerializable(typeof(TrialResult))]
[JsonSerializable(typeof(MetricsLine))]
[JsonSerializable(typeof(TrialState))]
[JsonSerializable(typeof(ComparisonSummary))]
[JsonSerializable(typeof(TrainingLine))]
[JsonSerializable(typeof(DiagnosticsRecord))]
[JsonSerializable(typeof(TrainingState))]
[JsonSerializable(typeof(TrainingResult))]
internal sealed partial class LabJson : JsonSerializerContext
{
}
