using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Differentiation;

/// <summary>One reverse-mode sweep: visits the recorded operations from the output to the leaves and adds up gradients.</summary>
internal sealed class BackwardPass
{
    [ThreadStatic]
    private static BackwardPass? _spare;

    [ThreadStatic]
    private static long _passes;

    private readonly GraphOrder _order;
    private readonly Dictionary<Tensor, Tensor?>? _leaves;

    private BackwardPass()
    {
        _order = new GraphOrder();
    }

    /// <summary>A pass that leaves the tensors' own gradients alone.</summary>
    /// <param name="order">The operations, restricted to the wanted leaves or to more.</param>
    /// <param name="leaves">The leaves whose gradients are wanted; the gradients are put here. Observers are not told.</param>
    internal BackwardPass(GraphOrder order, Dictionary<Tensor, Tensor?> leaves)
    {
        _order = order;
        _leaves = leaves;
    }

    /// <summary>How many sweeps to the tensors' own gradients this thread has begun: within one, no tensor changes.</summary>
    internal static long Passes => _passes;

    /// <summary>Adds to the gradients of all leaves.</summary>
    /// <param name="output">Where the pass starts.</param>
    /// <param name="outputGradient">The gradient there.</param>
    /// <param name="whenComplete">Called with each leaf when its gradient is complete but for what observers add; null for nobody.</param>
    internal static void Run(Tensor output, Tensor outputGradient, Action<Tensor>? whenComplete = null)
    {
        _passes++;
        var pass = _spare ?? new BackwardPass();
        _spare = null;
        Recording.Pause();
        try
        {
            if (output.Producer is { } root)
                pass._order.Fill(root);
            pass._order.RequireUnchanged();
            pass.Start(output, outputGradient);
            pass.Sweep(whenComplete is null ? null : new LeafUses(pass._order, whenComplete));
        }
        finally
        {
            Recording.Resume();
            pass._order.Clear();
            _spare = pass;
        }
    }

    /// <summary>Whether a gradient for this input is wanted at all.</summary>
    internal bool Needs(Tensor input) =>
        input.Producer is { } node ? node.IsWanted : _leaves is null ? input.RequiresGradient : _leaves.ContainsKey(input);

    /// <summary>Whether an operation would have anybody to give a share to.</summary>
    internal bool NeedsAnyInputOf(GraphNode node)
    {
        for (int i = 0; i < node.InputCount; i++)
        {
            if (Needs(node.Input(i)))
                return true;
        }

        return false;
    }

    /// <summary>Whether the weight's observer takes over the gradient of a use of it, <c>y = x W^T</c>, so that the operation must not form it.</summary>
    internal bool IsTakenOver(Tensor weight, Tensor input, Tensor outputGradient)
    {
        if (weight.Observer is not { } observer || _leaves is not null)
            return false;
        bool takenOver = observer.Observe(new LinearUse(weight, input, outputGradient));
        weight.MarkGradientIncomplete();
        return takenOver;
    }

    /// <summary>Likewise for a use of it in a convolution. Nobody is told of convolutions in groups.</summary>
    internal bool IsTakenOver(Tensor weight, ConvolutionGeometry geometry, Tensor input, Tensor outputGradient)
    {
        if (weight.Observer is not { } observer || _leaves is not null || geometry.Groups != 1)
            return false;
        bool takenOver = observer.Observe(new ConvolutionUse(geometry, weight, input, outputGradient));
        weight.MarkGradientIncomplete();
        return takenOver;
    }

    /// <summary>Tells the observer of a table, if it has one, which of its rows a use picked.</summary>
    internal void ObserveRows(Tensor table, Tensor indices)
    {
        if (table.Observer is not { } observer || _leaves is not null)
            return;
        _ = observer.Observe(new RowsUse(table, indices));
        table.MarkGradientIncomplete();
    }

    /// <summary>Adds a share to an input's gradient. The share belongs to the pass from here on.</summary>
    internal void Add(Tensor input, Tensor share)
    {
        if (!Needs(input))
        {
            share.Dispose();
            return;
        }

        if (input.Producer is { } node)
        {
            node.OutputGradient = node.OutputGradient is { } sum ? SumOf(sum, share) : share;
            return;
        }

        var destination = LeafDestination(input, out bool accumulate);
        if (accumulate)
            destination.Backend.Binary(BinaryKernel.Add, destination, share, destination);
        else
            destination.CopyFromInPlace(share);
        share.Dispose();
    }

    /// <summary>Adds a share that somebody else goes on using.</summary>
    internal void AddShared(Tensor input, Tensor share)
    {
        if (Needs(input))
            Add(input, share.Alias(input.Shape));
    }

    /// <summary>Gives the output its gradient, wanted or not.</summary>
    internal void Start(Tensor output, Tensor gradient)
    {
        if (output.Producer is { } node)
            node.OutputGradient = gradient.Alias(output.Shape);
        else
            AddShared(output, gradient);
    }

    /// <summary>The memory of an input's gradient, for a kernel that writes it, or adds to it, directly.</summary>
    internal Tensor Destination(Tensor input, out bool accumulate)
    {
        if (input.Producer is not { } node)
            return LeafDestination(input, out accumulate);
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

        return node.OutputGradient = input.New(input.Shape);
    }

    /// <summary>The memory of an input's gradient, for a kernel that only adds, zeroed where nothing was added yet; null when it is not wanted.</summary>
    internal Tensor? AddingDestination(Tensor input)
    {
        if (!Needs(input))
            return null;
        var destination = Destination(input, out bool accumulate);
        if (!accumulate)
            destination.Clear();
        return destination;
    }

    private static Tensor SumOf(Tensor sum, Tensor share)
    {
        var destination = sum.Storage.IsUnique ? sum : sum.New(sum.Shape);
        destination.Backend.Binary(BinaryKernel.Add, sum, share, destination);
        if (destination != sum)
            sum.Dispose();
        share.Dispose();
        return destination;
    }

    /// <summary>Carries the gradients that operations hold back to the leaves.</summary>
    /// <param name="uses">Hears of each operation that is done; null for nobody.</param>
    internal void Sweep(LeafUses? uses = null)
    {
        for (int i = _order.Count - 1; i >= 0; i--)
        {
            var node = _order[i];
            if (node.OutputGradient is { } gradient)
            {
                node.OutputGradient = null;
                node.Backward(gradient, this);
                gradient.Dispose();
            }
            uses?.Pass(node);
        }
    }

    private Tensor LeafDestination(Tensor leaf, out bool accumulate)
    {
        if (_leaves is null)
            return leaf.GradientDestination(out accumulate);
        accumulate = _leaves[leaf] is not null;
        return _leaves[leaf] ??= leaf.New(leaf.Shape);
    }
}
