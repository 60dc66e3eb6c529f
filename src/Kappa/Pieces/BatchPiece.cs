namespace Kappa.Pieces;

/// <summary>The piece of a batch that is computed on this thread: what differs from piece to piece, and what is of the whole batch, asks it.</summary>
/// <remarks>A batch is cut into a number of pieces that does not depend on how many processes share them, so that neither do the bits: each piece draws from
/// streams of its own, and what is summed over the batch is summed over the pieces, along one binary tree.</remarks>
internal sealed class BatchPiece(int index, bool isLead, Action<double[]> sum)
{
    [ThreadStatic]
    private static BatchPiece? _current;

    private readonly Dictionary<IDrawsByPiece, int> _uses = [];

    /// <summary>The piece at hand; null where a batch is computed as a whole.</summary>
    internal static BatchPiece? Current => _current;

    /// <summary>Which piece of the batch, over all processes.</summary>
    internal int Index => index;

    /// <summary>Whether this piece of all those of a process makes the changes that a batch makes once, such as those of running averages.</summary>
    internal bool IsLead => isLead;

    /// <summary>How often each user of randomness was called.</summary>
    internal IReadOnlyDictionary<IDrawsByPiece, int> Uses => _uses;

    /// <summary>Replaces values by their sums over all pieces of the batch.</summary>
    internal void Sum(double[] values) => sum(values);

    /// <summary>Counts a use.</summary>
    /// <returns>How many came before it in this piece.</returns>
    internal int CountUse(IDrawsByPiece user)
    {
        int before = _uses.GetValueOrDefault(user);
        _uses[user] = before + 1;
        return before;
    }

    /// <summary>What is computed on this thread until the result is disposed is of this piece.</summary>
    internal Entry Enter()
    {
        _current = this;
        return default;
    }

    /// <summary>Ends the piece.</summary>
    internal readonly ref struct Entry
    {
        public void Dispose() => _current = null;
    }
}
