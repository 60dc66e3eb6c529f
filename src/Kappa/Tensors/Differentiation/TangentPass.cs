using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Differentiation;

/// <summary>K tangents that ride along with a recorded computation, forwards and then backwards.</summary>
/// <remarks>
/// Every tangent has a leading axis K, so that one pass over the recorded operations serves K directions. A tangent that is zero everywhere is
/// absent, and costs nothing.
/// </remarks>
internal sealed class TangentPass
{
    private readonly GraphOrder _order;
    private readonly IReadOnlyDictionary<Tensor, Tensor> _leafTangents;
    private readonly Dictionary<Tensor, Tensor?> _leafGradients;
    private readonly Tensor?[] _tangents;
    private readonly Tensor?[] _gradients;
    private readonly Tensor?[] _kept;

    /// <summary>Prepares a pass over operations that were restricted to the wanted leaves.</summary>
    /// <param name="order">The recorded operations.</param>
    /// <param name="count">K.</param>
    /// <param name="leafTangents">The tangents of the leaves, <c>[K, ...]</c> each; a leaf without one stands still.</param>
    /// <param name="leafGradients">The leaves that gradients are wanted for; what <see cref="Pull"/> finds is put here, <c>[K, ...]</c>.</param>
    internal TangentPass(GraphOrder order, int count, IReadOnlyDictionary<Tensor, Tensor> leafTangents, Dictionary<Tensor, Tensor?> leafGradients)
    {
        _order = order;
        Count = count;
        _leafTangents = leafTangents;
        _leafGradients = leafGradients;
        _tangents = new Tensor?[order.Count];
        _gradients = new Tensor?[order.Count];
        _kept = new Tensor?[order.Count];
    }

    /// <summary>K.</summary>
    internal int Count { get; }

    /// <summary>The tangents of an input, <c>[K, ...]</c>, or null when they are zero.</summary>
    internal Tensor? Of(Tensor input) =>
        input.Producer is { } node ? _tangents[node.Index] : _leafTangents.GetValueOrDefault(input);

    /// <summary>The tangents of an operation's own output, <c>[K, ...]</c>, or null when they are zero.</summary>
    internal Tensor? OfOutput(GraphNode node) => _tangents[node.Index];

    /// <summary>Whether gradients for this input are wanted.</summary>
    internal bool Needs(Tensor input) => input.Producer is { } node ? node.IsWanted : _leafGradients.ContainsKey(input);

    /// <summary>Room for K tangents of tensors like this one.</summary>
    internal Tensor New(Tensor like) => like.New(like.Shape.Prepend(Count));

    /// <summary>Keeps what an operation computed on the way forwards for its way back.</summary>
    internal void Keep(GraphNode node, Tensor tangents) => _kept[node.Index] = tangents;

    /// <summary>What <see cref="Keep"/> kept.</summary>
    internal Tensor? Kept(GraphNode node) => _kept[node.Index];

    /// <summary>Adds shares <c>[K, ...]</c> to an input's gradients. They belong to the pass from here on.</summary>
    internal void Add(Tensor input, Tensor share)
    {
        if (!Needs(input))
        {
            share.Dispose();
            return;
        }

        if (Gradient(input) is not { } sum)
        {
            SetGradient(input, share.Storage.IsUnique || input.Producer is not null ? share : share.Clone());
            return;
        }

        if (!sum.Storage.IsUnique)
        {
            var own = sum.Clone();
            sum.Dispose();
            SetGradient(input, sum = own);
        }

        sum.Backend.Binary(BinaryKernel.Add, sum, share, sum);
        share.Dispose();
    }

    /// <summary>Adds shares that somebody else goes on using.</summary>
    internal void AddShared(Tensor input, Tensor share)
    {
        if (Needs(input))
            Add(input, share.Alias(input.Shape.Prepend(Count)));
    }

    /// <summary>The memory of an input's gradients, <c>[K, ...]</c>, for a kernel that writes it, or adds to it, directly.</summary>
    internal Tensor Destination(Tensor input, out bool accumulate)
    {
        var sum = Gradient(input);
        accumulate = sum is not null;
        if (sum is { Storage.IsUnique: true })
            return sum;
        var destination = sum?.Clone() ?? New(input);
        sum?.Dispose();
        SetGradient(input, destination);
        return destination;
    }

    /// <summary>The memory of an input's gradients, <c>[K, ...]</c>, for a kernel that only adds, zeroed where nothing was added yet; null when it is not
    /// wanted.</summary>
    internal Tensor? AddingDestination(Tensor input)
    {
        if (!Needs(input))
            return null;
        var destination = Destination(input, out bool accumulate);
        if (!accumulate)
            destination.Clear();
        return destination;
    }

    /// <summary>Carries the tangents of the leaves forwards to every operation.</summary>
    internal void Push()
    {
        for (int i = 0; i < _order.Count; i++)
        {
            var node = _order[i];
            for (int input = 0; input < node.InputCount; input++)
            {
                if (Of(node.Input(input)) is null)
                    continue;
                _tangents[i] = node.PushForward(this);
                break;
            }
        }
    }

    /// <summary>Runs the operations backwards and carries along how the gradients change.</summary>
    /// <param name="primal">Takes the gradients themselves; null when only K given gradients are carried back.</param>
    internal void Pull(BackwardPass? primal)
    {
        for (int i = _order.Count - 1; i >= 0; i--)
        {
            var node = _order[i];
            var (gradient, gradientTangent) = (node.OutputGradient, _gradients[i]);
            node.OutputGradient = null;
            _gradients[i] = null;
            if (node.IsWanted && (gradient is not null || gradientTangent is not null))
            {
                if (gradient is not null && primal!.NeedsAnyInputOf(node))
                    node.Backward(gradient, primal);
                node.BackwardTangent(gradient, gradientTangent, this);
            }

            gradient?.Dispose();
            gradientTangent?.Dispose();
            Release(ref _tangents[i]);
            Release(ref _kept[i]);
        }
    }

    private static void Release(ref Tensor? tangents)
    {
        tangents?.Dispose();
        tangents = null;
    }

    private Tensor? Gradient(Tensor input) => input.Producer is { } node ? _gradients[node.Index] : _leafGradients[input];

    private void SetGradient(Tensor input, Tensor gradient)
    {
        if (input.Producer is { } node)
            _gradients[node.Index] = gradient;
        else
            _leafGradients[input] = gradient;
    }
}
