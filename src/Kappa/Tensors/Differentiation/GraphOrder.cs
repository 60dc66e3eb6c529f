namespace Kappa.Tensors.Differentiation;

/// <summary>The operations that an output was computed by, each after those that it was computed from.</summary>
internal sealed class GraphOrder
{
    private readonly List<GraphNode> _nodes = [];
    private readonly Stack<GraphNode> _path = new();
    private HashSet<Tensor>? _leaves;

    internal int Count => _nodes.Count;

    internal GraphNode this[int index] => _nodes[index];

    /// <summary>Lists the operations behind one (depth first, without recursion).</summary>
    internal void Fill(GraphNode root)
    {
        Enter(root);
        while (_path.TryPeek(out var node))
        {
            if (node.InputsWalked < node.InputCount)
            {
                var producer = node.Input(node.InputsWalked++).Producer;
                if (producer is not null && producer.VisitedBy != this)
                    Enter(producer);
            }
            else
            {
                node.Index = _nodes.Count;
                _nodes.Add(_path.Pop());
            }
        }
    }

    /// <summary>Marks the operations that depend on one of these leaves; only they take part in a pass.</summary>
    internal void Restrict(IEnumerable<Tensor> wanted)
    {
        _leaves = wanted.ToHashSet();
        foreach (var node in _nodes)
        {
            node.IsWanted = false;
            for (int i = 0; i < node.InputCount && !node.IsWanted; i++)
                node.IsWanted = node.Input(i).Producer is { } producer ? producer.IsWanted : _leaves.Contains(node.Input(i));
        }
    }

    /// <summary>Whether a gradient for an input of these operations is wanted.</summary>
    internal bool Needs(Tensor input) => input.Producer is { } node ? node.IsWanted : _leaves?.Contains(input) ?? input.RequiresGradient;

    /// <summary>Checks, before a pass begins, that the values that the operations saved have not changed.</summary>
    /// <exception cref="InvalidOperationException">One has; the message names it and the operation.</exception>
    internal void RequireUnchanged()
    {
        foreach (var node in _nodes)
        {
            if (node.IsWanted)
                node.RequireUnchanged(this);
        }
    }

    /// <summary>The bytes that the results of the operations take together, but for the last one, and those of the largest.</summary>
    internal (long Total, long Largest) OutputBytes()
    {
        var bytes = new long[_nodes.Count];
        foreach (var node in _nodes)
        {
            for (int i = 0; i < node.InputCount; i++)
            {
                if (node.Input(i).Producer is { } producer)
                    bytes[producer.Index] = (long)node.Input(i).Count * node.Input(i).DataType.SizeOf();
            }
        }

        return (Math.Max(1, bytes.Sum()), Math.Max(1, bytes.Max()));
    }

    internal void Clear()
    {
        _nodes.AddRange(_path);
        foreach (var node in _nodes)
        {
            node.VisitedBy = null;
            node.OutputGradient = null;
        }

        _nodes.Clear();
        _path.Clear();
        _leaves = null;
    }

    private void Enter(GraphNode node)
    {
        node.VisitedBy = this;
        node.InputsWalked = 0;
        node.IsWanted = true;
        _path.Push(node);
    }
}
