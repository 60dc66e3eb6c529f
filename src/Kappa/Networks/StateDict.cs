using System.Collections;
using Kappa.Tensors;

namespace Kappa.Networks;

/// <summary>Named tensors, in order: what a model or an optimizer consists of, and what a checkpoint holds.</summary>
public sealed class StateDict : IEnumerable<KeyValuePair<string, Tensor>>
{
    private readonly OrderedDictionary<string, Tensor> _tensors = [];
    private readonly HashSet<string> _optional = new(StringComparer.Ordinal);

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
    /// <remarks>A tensor that is here under several names may be missing under all of them but one. Where it comes twice, the values must be equal.</remarks>
    /// <exception cref="StateMismatchException">Names, shapes or types do not match, or two names of one tensor have different values.</exception>
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

    /// <summary>The values as they are now, in tensors that belong to no scope.</summary>
    internal StateDict Copy()
    {
        var copy = new StateDict();
        foreach (var (name, tensor) in _tensors)
            copy.Add(name, tensor.Clone().Keep());
        return copy;
    }

    /// <summary>Adds a tensor that keeps its value where it is loaded from values that lack it.</summary>
    internal void AddOptional(string name, Tensor tensor)
    {
        Add(name, tensor);
        _ = _optional.Add(name);
    }

    /// <summary>Whether a tensor may keep its value where it is loaded from values that lack it.</summary>
    internal bool IsOptional(string name) => _optional.Contains(name);

    /// <summary>Checks that values can be copied from another dictionary, and changes nothing.</summary>
    /// <exception cref="StateMismatchException">Names, shapes or types do not match, or two names of one tensor have different values.</exception>
    internal void RequireMatch(StateDict source, bool strict)
    {
        var present = _tensors.Where(entry => source._tensors.ContainsKey(entry.Key)).Select(entry => entry.Value).ToHashSet();
        var missing = _tensors.Where(entry => !present.Contains(entry.Value) && !_optional.Contains(entry.Key)).Select(entry => entry.Key).ToArray();
        var unexpected = source._tensors.Keys.Where(name => !_tensors.ContainsKey(name)).ToArray();
        var misshapen = new List<string>();
        foreach (var (name, tensor) in source._tensors)
        {
            if (_tensors.TryGetValue(name, out var own) && (own.Shape != tensor.Shape || own.DataType != tensor.DataType))
                misshapen.Add($"{name} (expected {own.Shape} {own.DataType}, got {tensor.Shape} {tensor.DataType})");
        }

        string[] conflicting = misshapen.Count > 0 ? [] : [.. ConflictsIn(source)];
        if (misshapen.Count > 0 || conflicting.Length > 0 || (strict && (missing.Length > 0 || unexpected.Length > 0)))
            throw new StateMismatchException(missing, unexpected, misshapen, conflicting);
    }

    /// <summary>Names of one tensor that come with different values.</summary>
    private IEnumerable<string> ConflictsIn(StateDict source)
    {
        foreach (var names in _tensors.Where(entry => source._tensors.ContainsKey(entry.Key)).GroupBy(entry => entry.Value, entry => entry.Key))
        {
            string first = names.First();
            foreach (string other in names.Skip(1).Where(name => !source[name].OnHost().Bytes.SequenceEqual(source[first].OnHost().Bytes)))
                yield return $"{first} and {other}";
        }
    }
}
