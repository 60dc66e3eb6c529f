using System.Text.Json.Serialization;

namespace Kappa.Lab.Reports;

/// <summary>How reports are written as JSON: numbers in full, those that are not finite by name; every character that could end a script is escaped.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Report))]
[JsonSerializable(typeof(IReadOnlyList<IReadOnlyList<LinePlot>>))]
internal sealed partial class ReportJson : JsonSerializerContext
{
}
