namespace Kappa.Training;

/// <summary>Adds up what the pieces of a batch bring, one after the other, along a binary tree: two branches of one height become one.</summary>
/// <param name="add">The sum of two neighbours, the earlier one first. Both are gone afterwards.</param>
internal sealed class PieceTree<T>(Func<T, T, T> add)
{
    private readonly Stack<(int Leaves, T Sum)> _branches = new();

    /// <summary>Adds what the next piece brings.</summary>
    internal void Add(T leaf)
    {
        int leaves = 1;
        while (_branches.TryPeek(out var before) && before.Leaves == leaves)
        {
            leaf = add(_branches.Pop().Sum, leaf);
            leaves *= 2;
        }
        _branches.Push((leaves, leaf));
    }

    /// <summary>The sum of all so far, where they are a power of two.</summary>
    internal T Sum => _branches.Count == 1 ? _branches.Peek().Sum : throw new InvalidOperationException($"{_branches.Count} branches of a tree are left");

    /// <summary>Takes the sum of all, which were a power of two.</summary>
    internal T Take()
    {
        var sum = Sum;
        _ = _branches.Pop();
        return sum;
    }
}
