namespace Kappa.Onnx.Import;

/// <summary>The weights and parts of one module of an imported model.</summary>
/// <param name="parameter">Registers a parameter of the module.</param>
/// <param name="buffer">Registers a buffer of it.</param>
/// <param name="part">Registers a part of it.</param>
internal sealed class WeightHolder(Func<string, Tensor, Tensor> parameter, Func<string, Tensor, Tensor> buffer, Func<string, OnnxPart> part)
{
    private readonly HashSet<string> _tensors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, OnnxPart> _parts = new(StringComparer.Ordinal);

    /// <summary>The part of a name within this one; made where it is not there.</summary>
    internal OnnxPart Inside(string name) => _parts.TryGetValue(name, out var found) ? found : _parts[name] = part(name);

    /// <summary>Whether a weight of its own has the name.</summary>
    internal bool Holds(string name) => _tensors.Contains(name);

    /// <summary>Whether a weight or a part of its own has the name.</summary>
    internal bool IsTaken(string name) => Holds(name) || _parts.ContainsKey(name);

    internal void Add(string name, Tensor tensor, bool isTrained)
    {
        _ = _tensors.Add(name);
        _ = isTrained ? parameter(name, tensor) : buffer(name, tensor);
    }
}
