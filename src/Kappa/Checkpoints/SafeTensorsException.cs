using System.Text;

namespace Kappa.Checkpoints;

/// <summary>A safetensors file is not what the format demands, or not what the reader asked for.</summary>
public sealed class SafeTensorsException : IOException
{
    private const int LongestQuote = 120;

    /// <summary>An error that names the file, the tensor, and what was expected and got.</summary>
    /// <param name="filePath">The file, or a name for a buffer.</param>
    /// <param name="tensorName">The tensor at fault; null for the file as a whole.</param>
    /// <param name="expected">What the format demands.</param>
    /// <param name="got">What was found.</param>
    /// <param name="inner">The cause, where there is one.</param>
    public SafeTensorsException(string filePath, string? tensorName, string expected, string got, Exception? inner = null)
        : base($"{filePath}: {(tensorName is null ? "" : $"tensor {Quote(tensorName)}: ")}expected {expected}, got {got}.", inner)
    {
        FilePath = filePath;
        TensorName = tensorName;
        Expected = expected;
        Got = got;
    }

    /// <summary>The file, or the name given to a buffer.</summary>
    public string FilePath { get; }

    /// <summary>The tensor at fault; null for the file as a whole.</summary>
    public string? TensorName { get; }

    /// <summary>What the format demands.</summary>
    public string Expected { get; }

    /// <summary>What was found.</summary>
    public string Got { get; }

    /// <summary>As <see cref="Quote"/>, for lists of names: without the quotes.</summary>
    internal static string Plain(string text) => Quote(text)[1..^1];

    /// <summary>Text from a file made safe for a message: quoted, without control characters, not endless.</summary>
    internal static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (char c in text.AsSpan(0, Math.Min(text.Length, LongestQuote)))
        {
            _ = char.IsControl(c) ? quoted.Append($"\\u{(int)c:x4}") : quoted.Append(c);
        }
        return quoted.Append(text.Length > LongestQuote ? "...\"" : "\"").ToString();
    }
}
