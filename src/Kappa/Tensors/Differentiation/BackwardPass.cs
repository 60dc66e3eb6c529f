using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Differentiation;

/// <summary>One reverse-mode sweep: visits the recorded operations from the output to the leaves and adds up gradients.</summary>
internal sealed class BackwardPass
{
    [ThreadStatic]
    private static BackwardPass? _spare;

    private readonly List<GraphNode> _order = [];
    private readonly Stack<GraphNode> _path = new();

    private BackwardPass()
    {
    }

    internal static void Run(Tensor output, Tensor outputGradient)
    {
        var pass = _spare ?? new BackwardPass();
        _spare = null;
        Recording.Pause();
        try
        {
            pass.AddShared(output, outputGradient);
            if (output.Producer is { } root)
                pass.Sweep(root);
        }
        finally
        {
            Recording.Resume();
            pass.Forget();
            _spare = pass;
        }
    }

    /// <summary>Whether a gradient for this input is wanted at all.</summary>
    internal static bool Needs(Tensor input) => input.RequiresGradient;

    /// <summary>Adds a share to an input's gradient. The share belongs to the pass from here on.</summary>
    internal void Add(Tensor input, Tensor share)
    {
        if (!input.RequiresGradient)
        {
            share.Dispose();
            return;
        }

        if (input.Producer is { } node)
        {
            node.OutputGradient = node.OutputGradient is { } sum ? SumOf(sum, share) : share;
            return;
        }

        var destination = input.GradientDestination(out bool accumulate);
        if (accumulate)
            Backend.Current.Binary(BinaryKernel.Add, destination, share, destination);
        else
            destination.CopyFromInPlace(share);
        share.Dispose();
    }

    /// <summary>Adds a share that somebody else goes on using.</summary>
    internal void AddShared(Tensor input, Tensor share)
    {
        if (input.RequiresGradient)
            Add(input, share.Alias(input.Shape));
    }

    /// <summary>The memory of an input's gradient, for a kernel that writes it, or adds to it, directly.</summary>
    internal Tensor Destination(Tensor input, out bool accumulate)
    {
        if (input.Producer is not { } node)
            return input.GradientDestination(out accumulate);
        if (node.OutputGradient is { Storage.IsUnique: true } sum)
        {
            accumulate = true;
            return sum;
        }

        accumulate = false;
        if (node.OutputGradient is { } shared)
        {
            node.OutputGradient = shared.Clone();
            shared.Dispose();
            accumulate = true;
            return node.OutputGradient;
        }

        return node.OutputGradient = Tensor.Uninitialized(input.Shape, input.DataType);
    }

    private static Tensor SumOf(Tensor sum, Tensor share)
    {
        var destination = sum.Storage.IsUnique ? sum : Tensor.Uninitialized(sum.Shape, sum.DataType);
        Backend.Current.Binary(BinaryKernel.Add, sum, share, destination);
        if (destination != sum)
            sum.Dispose();
        share.Dispose();
        return destination;
    }

    private void Sweep(GraphNode root)
    {
        Order(root);
        for (int i = _order.Count - 1; i >= 0; i--)
        {
            var node = _order[i];
            if (node.OutputGradient is not { } gradient)
                continue;
            node.OutputGradient = null;
            node.Backward(gradient, this);
            gradient.Dispose();
        }
    }

    /// <summary>Lists the operations so that each stands after those it was computed from (depth first, without recursion).</summary>
    private void Order(GraphNode root)
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
                _order.Add(_path.Pop());
            }
        }
    }

    private void Enter(GraphNode node)
    {
        node.VisitedBy = this;
        node.InputsWalked = 0;
        _path.Push(node);
    }

    private void Forget()
    {
        _order.AddRange(_path);
        foreach (var node in _order)
        {
            node.VisitedBy = null;
            node.OutputGradient = null;
        }

        _order.Clear();
        _path.Clear();
    }
}
