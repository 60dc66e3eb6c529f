using System.Collections;
using Kappa.Tensors;

namespace Kappa.Networks;

/// <summary>Named tensors, in order: what a model or an optimizer consists of, and what a checkpoint holds.</summary>
public sealed partial class StateDict : IEnumerable<KeyValuePair<string, Tensor>>
{
    private readonly OrderedDictionary<string, Tensor> _tensors = [];

    /// <summary>How many tensors there are.</summary>
    public int Count => _tensors.Count;

    /// <summary>The names, in order.</summary>
    public IReadOnlyCollection<string> Names => _tensors.Keys;

    /// <summary>One tensor.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="KeyNotFoundException">There is none of that name.</exception>
    public Tensor this[string name] => _tensors.TryGetValue(name, out var tensor)
        ? tensor
        : throw new KeyNotFoundException($"no tensor named \"{name}\"; there are: {string.Join(", ", _tensors.Keys)}");

    /// <summary>Adds a tensor.</summary>
    /// <param name="name">Its name, not used yet.</param>
    /// <param name="tensor">The tensor; not copied.</param>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public void Add(string name, Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (!_tensors.TryAdd(name, tensor))
            throw new ArgumentException($"two tensors are named \"{name}\"", nameof(name));
    }

    /// <summary>Looks for a tensor.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="tensor">The tensor, or null.</param>
    /// <returns>Whether there is one.</returns>
    public bool TryGet(string name, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Tensor? tensor) => _tensors.TryGetValue(name, out tensor);

    /// <summary>Copies values into the tensors of this dictionary: all, or, on an error, none.</summary>
    /// <param name="source">Values by name.</param>
    /// <param name="strict">Whether a missing or unexpected name is an error.</param>
    /// <exception cref="StateMismatchException">Names, shapes or types do not match.</exception>
    /// <exception cref="ObjectDisposedException">A tensor of the source was given back.</exception>
    public void CopyFrom(StateDict source, bool strict = true)
    {
        ArgumentNullException.ThrowIfNull(source);
        RequireMatch(source, strict);
        foreach (var (name, tensor) in source._tensors)
        {
            if (tensor.IsReleased)
                throw new ObjectDisposedException(name, "its memory was given back before it could be loaded; nothing was loaded");
        }

        foreach (var (name, tensor) in source._tensors)
        {
            if (_tensors.TryGetValue(name, out var own))
                own.CopyFromInPlace(tensor);
        }
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, Tensor>> GetEnumerator() => _tensors.GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Checks that values can be copied from another dictionary, and changes nothing.</summary>
    /// <exception cref="StateMismatchException">Names, shapes or types do not match.</exception>
    internal void RequireMatch(StateDict source, bool strict)
    {
        var missing = _tensors.Keys.Where(name => !source._tensors.ContainsKey(name)).ToArray();
        var unexpected = source._tensors.Keys.Where(name => !_tensors.ContainsKey(name)).ToArray();
        var misshapen = new List<string>();
        foreach (var (name, tensor) in source._tensors)
        {
            if (_tensors.TryGetValue(name, out var own) && (own.Shape != tensor.Shape || own.DataType != tensor.DataType))
                misshapen.Add($"{name} (expected {own.Shape} {own.DataType}, got {tensor.Shape} {tensor.DataType})");
        }

        if (misshapen.Count > 0 || (strict && (missing.Length > 0 || unexpected.Length > 0)))
            throw new StateMismatchException(missing, unexpected, misshapen);
    }
}
