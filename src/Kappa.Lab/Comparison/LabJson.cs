using System.Text.Json.Serialization;

namespace Kappa.Lab.Comparison;

/// <summary>How results are written as JSON: numbers in full, so that they read back bit for bit.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    WriteIndented = false)]
[JsonSerializable(typeof(TrialResult))]
[JsonSerializable(typeof(MetricsLine))]
[JsonSerializable(typeof(TrialState))]
[JsonSerializable(typeof(ComparisonSummary))]
[JsonSerializable(typeof(Training.TrainingLine))]
[JsonSerializable(typeof(Diagnostics.DiagnosticsRecord))]
[JsonSerializable(typeof(Training.TrainingState))]
[JsonSerializable(typeof(Training.TrainingResult))]
[JsonSerializable(typeof(Reports.TrainingPlots))]
[JsonSerializable(typeof(Reports.FindingPlots))]
[JsonSerializable(typeof(Reports.ReportPlots))]
internal sealed partial class LabJson : JsonSerializerContext
{
}
