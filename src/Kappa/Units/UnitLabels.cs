namespace Kappa.Units;

/// <summary>Classes of channels that are one unit, or must share one scale (union-find), and why a class is left alone.</summary>
internal sealed class UnitLabels
{
    /// <summary>The label of everything whose scale is given: the network's input and constants.</summary>
    internal const int Fixed = 0;

    private readonly List<int> _parent = [0];
    private readonly List<string?> _reason = ["it is added to, or shares its scale with, the network's input or a constant"];

    internal int Count => _parent.Count;

    internal int New()
    {
        _parent.Add(_parent.Count);
        _reason.Add(null);
        return _parent.Count - 1;
    }

    /// <summary>The class of a label: the earliest of its labels.</summary>
    internal int Find(int label)
    {
        while (_parent[label] != label)
        {
            _parent[label] = _parent[_parent[label]];
            label = _parent[label];
        }

        return label;
    }

    internal int Union(int first, int second)
    {
        (first, second) = (Find(first), Find(second));
        if (first == second)
            return first;
        if (second < first)
            (first, second) = (second, first);
        _parent[second] = first;
        _reason[first] ??= _reason[second];
        return first;
    }

    /// <summary>Says that a class is left alone. The first reason stays.</summary>
    internal void Freeze(int label, string reason) => _reason[Find(label)] ??= reason;

    internal void Freeze(ReadOnlySpan<int> labels, string reason)
    {
        foreach (int label in labels)
            Freeze(label, reason);
    }

    internal bool IsFrozen(int label) => _reason[Find(label)] is not null;

    internal string? ReasonOf(int label) => _reason[Find(label)];
}
