using Kappa.Tensors;
using Kappa.Tensors.Differentiation;
using Kappa.Tensors.Kernels;
using Kappa.Tensors.Operations;
using Kappa.Units;

namespace Kappa.Rescaling;

/// <summary>
/// The network with every parameter squared, run in double precision on an input of ones; then the gradient of the sum of its outputs with respect to the
/// squares. That is the diagonal of G = dPhi^T dPhi, with Phi the path-lifting (arXiv 2602.19799). One pass forwards and one back, with the squares of one
/// layer in memory at a time, of a convolution those of some channels.
/// </summary>
internal sealed partial class SquaredNetwork
{
    private readonly RecordedGraph _network;
    private readonly UnitWalk _walk;
    private readonly IGramSink? _sink;
    private readonly Dictionary<GraphNode, Scaled> _values = [];
    private readonly Dictionary<GraphNode, Scaled> _gradients = [];
    private readonly Scaled _input;

    private SquaredNetwork(RecordedGraph network, UnitWalk walk, IGramSink? sink)
    {
        (_network, _walk, _sink) = (network, walk, sink);
        _input = new Scaled(Tensor.Ones(network.Input.Shape, DataType.Float64), 0);
    }

    /// <summary>Gives every parameter's share of the diagonal to a sink.</summary>
    internal static void Differentiate(RecordedGraph network, UnitWalk walk, IGramSink sink)
    {
        using var scope = TensorScope.Begin();
        using var _ = NoGradient.Begin();
        var squared = new SquaredNetwork(network, walk, sink);
        squared.Forward();
        squared.Backward();
    }

    /// <summary>The sum of the outputs: the sum of the squares of all paths. As value times 2^exponent.</summary>
    internal static (double Value, int Exponent) Sum(RecordedGraph network, UnitWalk walk)
    {
        using var scope = TensorScope.Begin();
        using var _ = NoGradient.Begin();
        var squared = new SquaredNetwork(network, walk, null);
        squared.Forward();
        var output = squared.ValueOf(network.Output);
        return (output.Values.Sum().ToDouble(), output.Exponent);
    }

    private void Forward()
    {
        foreach (var node in _network.Nodes)
        {
            var output = _network.OutputOf(node);
            if (_walk.ViewedParameter(output) is null)
                _values[node] = _walk.Cuts.Contains(node) ? new Scaled(Tensor.Ones(output.Shape, DataType.Float64), 0) : Run(node);
        }
    }

    private void Backward()
    {
        if (_network.Output.Producer is { } last && !_walk.Cuts.Contains(last))
            _gradients[last] = Ones(_network.Output);
        foreach (var cut in _walk.Cuts)
        {
            for (int i = 0; i < cut.InputCount; i++)
                AddTo(cut.Input(i), Ones(cut.Input(i)));
        }

        for (int i = _network.Nodes.Count - 1; i >= 0; i--)
        {
            var node = _network.Nodes[i];
            if (_gradients.Remove(node, out var delta) && !_walk.Cuts.Contains(node))
                Pull(node, delta);
            if (_values.Remove(node, out var value))
                value.Values.Dispose();
            delta.Values?.Dispose();
        }
    }

    private static Scaled Ones(Tensor like) => new(Tensor.Ones(like.Shape, DataType.Float64), 0);

    private Scaled Run(GraphNode node) => node switch
    {
        LinearNode linear => Linear(linear),
        Conv2dNode convolution => Convolution(convolution),
        BatchNormNode norm => Normalization(norm),
        _ => Other(node),
    };

    private void Pull(GraphNode node, Scaled delta)
    {
        switch (node)
        {
            case LinearNode linear:
                PullLinear(linear, delta);
                break;
            case Conv2dNode convolution:
                PullConvolution(convolution, delta);
                break;
            case BatchNormNode norm:
                PullNormalization(norm, delta);
                break;
            default:
                PullOther(node, delta);
                break;
        }
    }

    private Scaled ValueOf(Tensor tensor)
    {
        if (_walk.ViewedParameter(tensor) is { } parameter)
        {
            var square = Squares.Of(parameter);
            return square with { Values = square.Values.Reshape(tensor.Shape) };
        }

        return tensor == _network.Input ? _input
            : tensor.Producer is { } producer ? _values[producer]
            : new Scaled(tensor.To(DataType.Float64).Abs(), 0);
    }

    private void AddTo(Tensor tensor, Scaled share)
    {
        if (_walk.ViewedParameter(tensor) is { } parameter)
            _sink!.Add(parameter, share);
        else if (tensor.Producer is { } producer)
            _gradients[producer] = _gradients.TryGetValue(producer, out var other) ? other + share : share;
    }

    /// <summary>Whether a gradient is wanted there.</summary>
    private bool Needs(Tensor tensor) => tensor.Producer is not null || _walk.ViewedParameter(tensor) is not null;

    /// <summary>An operation without rules of its own: run again on the squares.</summary>
    private Scaled Other(GraphNode node)
    {
        var (inputs, exponent) = Inputs(node);
        return Scaled.Of(Replay.Run(node, [.. inputs.Select(input => input.Values)]), exponent);
    }

    private void PullOther(GraphNode node, Scaled delta)
    {
        using var scope = TensorScope.Begin();
        var (inputs, exponent) = Inputs(node);
        var leaves = Array.ConvertAll(inputs, input => input.Values.Clone());
        int paused = Recording.Start();
        try
        {
            foreach (var leaf in leaves)
                leaf.RequiresGradient = true;
            var output = Replay.Run(node, leaves);
            output.Backward(delta.Values.Reshape(output.Shape));
        }
        finally
        {
            Recording.Restore(paused);
        }

        for (int i = 0; i < leaves.Length; i++)
        {
            if (Needs(node.Input(i)) && leaves[i].Gradient is { } gradient)
            {
                using var outside = TensorScope.Suspend();
                AddTo(node.Input(i), Scaled.Of(gradient.Clone(), delta.Exponent + exponent - inputs[i].Exponent));
            }

            leaves[i].Dispose();
        }
    }

    /// <summary>The operands, under one exponent where the operation adds them, and the exponent of the result.</summary>
    private (Scaled[] Inputs, int Exponent) Inputs(GraphNode node)
    {
        var inputs = new Scaled[node.InputCount];
        for (int i = 0; i < inputs.Length; i++)
            inputs[i] = ValueOf(node.Input(i));
        if (node is MatMulNode or ArithmeticNode { Kernel: BinaryKernel.Multiply })
            return (inputs, inputs[0].Exponent + inputs[1].Exponent);
        if (node is ArithmeticNode { Kernel: BinaryKernel.Divide })
            return (inputs, inputs[0].Exponent - inputs[1].Exponent);
        int exponent = inputs.Where(input => !input.IsZero).Select(input => input.Exponent).DefaultIfEmpty(0).Max();
        return (Array.ConvertAll(inputs, input => new Scaled(input.At(exponent), exponent)), exponent);
    }
}
