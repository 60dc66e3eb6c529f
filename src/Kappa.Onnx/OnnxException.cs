namespace Kappa.Onnx;

/// <summary>An ONNX file is damaged, is not what the format demands, or holds what Kappa does not take; or a model does something that the format cannot
/// say.</summary>
public sealed class OnnxException : IOException
{
    /// <summary>An error that names the file and what is wrong with it.</summary>
    /// <param name="filePath">The file.</param>
    /// <param name="message">Where in it, what was expected, what came, and the way out.</param>
    /// <param name="inner">The cause, where there is one.</param>
    public OnnxException(string filePath, string message, Exception? inner = null)
        : base($"{filePath}: {message}", inner) => FilePath = filePath;

    /// <summary>The file.</summary>
    public string FilePath { get; }

    /// <summary>A name from a file made safe for a message.</summary>
    internal static string Quote(string text) => SafeTensorsException.Quote(text);
}
