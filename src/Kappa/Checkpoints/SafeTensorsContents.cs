using Kappa.Text;

namespace Kappa.Checkpoints;

/// <summary>What a safetensors file holds: its tensors in file order, and its metadata.</summary>
public sealed class SafeTensorsContents
{
    private readonly Dictionary<string, SafeTensorsEntry> _byName;

    internal SafeTensorsContents(string filePath, IReadOnlyList<SafeTensorsEntry> entries, IReadOnlyDictionary<string, string> metadata)
    {
        (FilePath, Entries, Metadata) = (filePath, entries, metadata);
        _byName = entries.ToDictionary(entry => entry.Name, StringComparer.Ordinal);
    }

    /// <summary>The file, or the name given to a buffer.</summary>
    public string FilePath { get; }

    /// <summary>The tensors, in the order of their bytes.</summary>
    public IReadOnlyList<SafeTensorsEntry> Entries { get; }

    /// <summary>The strings under <c>__metadata__</c>; empty where the file has none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The tensor of that name.</summary>
    /// <param name="name">A name, case-sensitive.</param>
    /// <returns>The tensor.</returns>
    /// <exception cref="SafeTensorsException">The file has no tensor of that name; the message has the nearest one.</exception>
    public SafeTensorsEntry this[string name] => Find(name) ?? throw new SafeTensorsException(
        FilePath, tensorName: null, "a tensor of the file", NearestName.Describe("tensor", name, _byName.Keys));

    /// <summary>The tensor of that name, or null.</summary>
    /// <param name="name">A name, case-sensitive.</param>
    /// <returns>The tensor, or null where the file has none of that name.</returns>
    public SafeTensorsEntry? Find(string name) => _byName.GetValueOrDefault(name);
}
