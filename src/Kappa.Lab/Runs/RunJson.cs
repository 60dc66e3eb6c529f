using System.Text.Encodings.Web;
using System.Text.Json.Serialization;

namespace Kappa.Lab.Runs;

/// <summary>How runs write JSON.</summary>
public static class RunJson
{
    /// <summary>Configs, with a line for each field.</summary>
    public static JsonSerializerOptions Indented { get; } = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.Default };

    /// <summary>Records: numbers in full, so that they read back bit for bit, and those that are not finite by name.</summary>
    internal static JsonSerializerOptions Exact { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };
}
