using System.Text;

namespace Kappa.Checkpoints;

/// <summary>What came of an import; as text, a line for each tensor: its name in the file, its name in the model, its shape.</summary>
/// <param name="FilePath">The file.</param>
/// <param name="Tensors">What was loaded, in the order of the model.</param>
/// <param name="Kept">Names in the model whose tensors the file does not have, and which kept their values.</param>
/// <param name="LeftOut">Names in the file that were not loaded.</param>
public sealed record ImportReport(
    string FilePath, IReadOnlyList<ImportedTensor> Tensors, IReadOnlyList<string> Kept, IReadOnlyList<string> LeftOut)
{
    /// <summary>How the tensors found each other: by name, or by shape and order where no rule renamed them.</summary>
    public ImportMatch Match { get; init; }

    /// <inheritdoc/>
    public override string ToString()
    {
        var text = new StringBuilder($"{FilePath}: {Tensors.Count} tensors loaded, by {(Match == ImportMatch.Name ? "name" : "shape and order")}\n");
        int width = Tensors.Count == 0 ? 0 : Tensors.Max(tensor => SafeTensorsException.Plain(tensor.Source).Length);
        foreach (var tensor in Tensors)
        {
            string type = tensor.SourceType is SafeTensorsType.F16 or SafeTensorsType.BF16 ? $" from {tensor.SourceType}" : "";
            string source = SafeTensorsException.Plain(tensor.Source).PadRight(width);
            _ = text.Append($"  {source} -> {tensor.Own}  {tensor.Shape}{type}{(tensor.IsTransposed ? ", transposed" : "")}\n");
        }
        foreach (string name in Kept)
            _ = text.Append($"  not in the file, kept as it was: {name}\n");
        foreach (string name in LeftOut)
            _ = text.Append($"  left out: {SafeTensorsException.Plain(name)}\n");
        return text.ToString();
    }
}
