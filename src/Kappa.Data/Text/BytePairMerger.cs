namespace Kappa.Data.Text;

/// <summary>Applies learnt merges to one piece.</summary>
internal static class BytePairMerger
{
    /// <summary>Joins pairs, the earliest learnt first and of equals the leftmost, until none is left.</summary>
    /// <param name="symbols">The tokens of the piece's bytes; overwritten.</param>
    /// <param name="join">The token of a pair that joins; the smaller, the earlier it was learnt.</param>
    /// <remarks>A queue of candidates over a linked list: n log n for a piece of n bytes, so that a megabyte without a space is no trap.
    /// A merge makes only pairs that were learnt later than itself, so taking the smallest token first is the same as
    /// going through all merges one by one.</remarks>
    internal static int[] Merge(int[] symbols, PairJoin join)
    {
        int count = symbols.Length;
        int[] next = new int[count], previous = new int[count];
        var candidates = new PriorityQueue<(int Left, int Right), (int Token, int Position)>();
        for (int i = 0; i < count; i++)
            (next[i], previous[i]) = (i + 1, i - 1);
        for (int i = 0; i < count; i++)
            Offer(i);
        int remaining = count;
        while (candidates.TryDequeue(out var pair, out var key))
        {
            int left = key.Position;
            // Stale where a neighbour was joined since.
            if (symbols[left] != pair.Left || next[left] >= count || symbols[next[left]] != pair.Right)
                continue;
            int right = next[left];
            symbols[left] = key.Token;
            symbols[right] = -1;
            next[left] = next[right];
            if (next[left] < count)
                previous[next[left]] = left;
            remaining--;
            Offer(left);
            if (previous[left] >= 0)
                Offer(previous[left]);
        }
        int[] result = new int[remaining];
        for (int i = 0, at = 0; at < count; i++, at = next[at])
            result[i] = symbols[at];
        return result;

        void Offer(int position)
        {
            if (next[position] < count && join(symbols[position], symbols[next[position]], out int token))
                candidates.Enqueue((symbols[position], symbols[next[position]]), (token, position));
        }
    }
}
