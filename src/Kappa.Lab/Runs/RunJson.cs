using System.Text.Encodings.Web;

namespace Kappa.Lab.Runs;

/// <summary>How configs are written.</summary>
public static class RunJson
{
    /// <summary>With a line for each field.</summary>
    public static JsonSerializerOptions Indented { get; } = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.Default };
}
