namespace Kappa.Tensors.Kernels;

/// <summary>The sizes of an attention: q <c>[batch, queries, heads, width]</c>, k and v <c>[batch, keys, groups, width]</c>; heads / groups query heads share a
/// key head.</summary>
internal readonly record struct AttentionShape(int Batch, int Queries, int Keys, int Heads, int Groups, int Width, bool Causal)
{
    internal int HeadsPerGroup => Heads / Groups;

    internal long QuerySize => (long)Batch * Queries * Heads * Width;

    internal long KeySize => (long)Batch * Keys * Groups * Width;

    internal double Scale => 1 / Math.Sqrt(Width);

    /// <summary>How many keys a query sees. The last query sees them all.</summary>
    internal int Visible(int query) => Causal ? Math.Max(0, query + 1 + Keys - Queries) : Keys;
}
