using System.Text.Json.Serialization;

namespace Kappa.Lab.Studies.Compare;

/// <summary>How what a comparison keeps is written as JSON: numbers in full, so that they read back bit for bit.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    WriteIndented = false)]
[JsonSerializable(typeof(TrialResult))]
[JsonSerializable(typeof(MetricsLine))]
[JsonSerializable(typeof(TrialState))]
[JsonSerializable(typeof(ComparisonSummary))]
internal sealed partial class CompareJson : JsonSerializerContext
{
}
