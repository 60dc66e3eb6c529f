using System.Text.Encodings.Web;
using System.Text.Json.Serialization;

namespace Kappa.Lab.Runs;

/// <summary>How runs write JSON.</summary>
public static class RunJson
{
    /// <summary>Configs, with a line for each field.</summary>
    public static JsonSerializerOptions Indented { get; } = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.Default };

    // A name that comes twice would be found where a field is asked for, and be another error then.
    private static readonly JsonDocumentOptions Once = new() { AllowDuplicateProperties = false };

    /// <summary>Reads JSON that anybody may have written.</summary>
    /// <exception cref="JsonException">It is none, or a name comes twice.</exception>
    internal static JsonNode? Parse(ReadOnlySpan<byte> bytes) => JsonNode.Parse(bytes, documentOptions: Once);

    /// <summary>Records: numbers in full, so that they read back bit for bit, and those that are not finite by name.</summary>
    internal static JsonSerializerOptions Exact { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>The same, of files that anybody may have written: no field is null that must have a value.</summary>
    internal static JsonSerializerOptions Whole { get; } = new(Exact) { RespectNullableAnnotations = true };
}
