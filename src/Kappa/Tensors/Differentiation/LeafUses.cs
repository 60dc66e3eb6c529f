namespace Kappa.Tensors.Differentiation;

/// <summary>Counts the operations of a backward pass that have yet to add to the gradient of each leaf, and says when the last one has.</summary>
internal sealed class LeafUses
{
    private readonly Dictionary<Tensor, int> _left = [];
    private readonly Action<Tensor> _whenComplete;

    /// <summary>Counts them.</summary>
    /// <param name="order">The operations of the pass.</param>
    /// <param name="whenComplete">Called with a leaf after the last operation that uses it, whether or not a gradient came to it.</param>
    internal LeafUses(GraphOrder order, Action<Tensor> whenComplete)
    {
        _whenComplete = whenComplete;
        for (int i = 0; i < order.Count; i++)
        {
            foreach (var leaf in LeavesOf(order[i]))
                _left[leaf] = _left.GetValueOrDefault(leaf) + 1;
        }
    }

    /// <summary>An operation has added its shares, or has none.</summary>
    internal void Pass(GraphNode node)
    {
        foreach (var leaf in LeavesOf(node))
        {
            if (--_left[leaf] == 0)
                _whenComplete(leaf);
        }
    }

    private static IEnumerable<Tensor> LeavesOf(GraphNode node)
    {
        for (int i = 0; i < node.InputCount; i++)
        {
            if (node.Input(i) is { Producer: null, RequiresGradient: true } leaf)
                yield return leaf;
        }
    }
}
