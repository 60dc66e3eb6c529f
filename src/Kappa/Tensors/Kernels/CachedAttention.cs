namespace Kappa.Tensors.Kernels;

/// <summary>Attention of new positions to all earlier ones of their sequences, whose keys and values are kept.</summary>
/// <param name="Query">The new queries, <c>[new, heads, width]</c>.</param>
/// <param name="Key">The new keys, <c>[new, groups, width]</c>.</param>
/// <param name="Value">The new values, as the keys.</param>
/// <param name="Keys">The kept keys, <c>[sequences, groups, width, context]</c>, so that scores are sums of rows; the new ones are written where they
/// belong.</param>
/// <param name="Values">The kept values, <c>[sequences, context, groups, width]</c>.</param>
/// <param name="Sequences">Which sequence each new position continues. Those of one sequence stand together, in order.</param>
/// <param name="Positions">Where in its sequence each new position is.</param>
/// <param name="Output">As the queries.</param>
internal sealed record CachedAttention(
    Tensor Query, Tensor Key, Tensor Value, Tensor Keys, Tensor Values, ReadOnlyMemory<int> Sequences, ReadOnlyMemory<int> Positions, Tensor Output)
{
    internal int Count => Query.Shape[0];

    /// <summary>Elements of the queries of one position.</summary>
    internal int QueryWidth => Query.Shape[1] * Query.Shape[2];

    /// <summary>Elements of the keys of one position.</summary>
    internal int KeyWidth => Key.Shape[1] * Key.Shape[2];

    internal int Context => Values.Shape[1];

    /// <summary>The new positions from here on that continue one sequence.</summary>
    internal int Run(int first)
    {
        int end = first + 1;
        while (end < Count && Sequences.Span[end] == Sequences.Span[first])
            end++;
        return end - first;
    }

    /// <summary>What attention is over a run: its queries are the last of the keys.</summary>
    internal AttentionShape Shape(int first, int length) =>
        new(1, length, Positions.Span[first] + length, Query.Shape[1], Key.Shape[1], Query.Shape[2], Causal: true);
}
