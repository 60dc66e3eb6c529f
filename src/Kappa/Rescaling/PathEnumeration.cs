using Kappa.Tensors;
using Kappa.Tensors.Differentiation;
using Kappa.Tensors.Kernels;
using Kappa.Tensors.Operations;
using Kappa.Units;

namespace Kappa.Rescaling;

/// <summary>All paths of a tiny network, one by one: for each element of each result the products along the paths that end there, in an order that depends on
/// the network alone.</summary>
internal sealed class PathEnumeration
{
    private readonly RecordedGraph _network;
    private readonly UnitWalk _walk;
    private readonly int _most;
    private readonly Dictionary<GraphNode, List<double>[]> _paths = [];
    private long _count;

    internal PathEnumeration(RecordedGraph network, UnitWalk walk, int most)
    {
        (_network, _walk, _most) = (network, walk, most);
        foreach (var node in network.Nodes)
        {
            if (walk.ViewedParameter(network.OutputOf(node)) is null)
                _paths[node] = Run(node);
        }
    }

    internal double[] Take() => [.. Of(_network.Output).SelectMany(paths => paths)];

    private List<double>[] Of(Tensor tensor)
    {
        if (_walk.ViewedParameter(tensor) is { } parameter)
            return [.. Enumerable.Range(0, parameter.Count).Select(i => new List<double> { parameter.ElementAsDouble(i) })];
        return tensor.Producer is { } producer ? _paths[producer]
            : [.. Enumerable.Range(0, tensor.Count).Select(i => new List<double> { tensor == _network.Input ? 1 : tensor.ElementAsDouble(i) })];
    }

    private List<double>[] Run(GraphNode node) => node switch
    {
        LinearNode or Conv2dNode => Layer((ActivatedNode)node),
        BatchNormNode norm => Normalization(norm),
        UnaryNode { Kernel: UnaryKernel.Negate } => Times(Of(node.Input(0)), -1),
        UnaryNode { Kernel: UnaryKernel.Relu or UnaryKernel.Identity } => Of(node.Input(0)),
        AffineNode { Offset: 0 } affine => Times(Of(affine.Input(0)), affine.Scale),
        ReshapeNode => Of(node.Input(0)),
        ArithmeticNode { Kernel: BinaryKernel.Add or BinaryKernel.Subtract } sum when sum.Input(0).Shape == sum.Input(1).Shape => Sum(sum),
        ReductionNode sum => Combine(sum.Input(0), _network.OutputOf(sum), sum),
        AveragePoolNode pool => Combine(pool.Input(0), _network.OutputOf(pool), pool),
        _ => throw new NotSupportedException(
                    $"enumerating paths does not know {node.Name}; it takes linear layers, convolutions, batch normalisation, ReLU, LeakyReLU, "
                    + "sums and average pooling"),
    };

    private List<double>[] Sum(ArithmeticNode node)
    {
        var (a, b) = (Of(node.Input(0)), Times(Of(node.Input(1)), node.Kernel == BinaryKernel.Add ? 1 : -1));
        return [.. a.Select((paths, i) => Counted([.. paths, .. b[i]]))];
    }

    private List<double>[] Times(List<double>[] paths, double factor) => [.. paths.Select(list => Counted([.. list.Select(path => path * factor)]))];

    private List<double>[] Normalization(BatchNormNode node)
    {
        var x = Of(node.Input(0));
        double[] mean = node.Statistics.Mean.ToArray<double>(), r = node.Statistics.R.ToArray<double>();
        int channels = mean.Length, inner = x.Length / node.Input(0).Shape[0] / channels;
        return [.. x.Select((paths, i) =>
        {
            int c = i / inner % channels;
            double factor = r[c] * (node.InputCount == 3 ? node.Input(1).ElementAsDouble(c) : 1);
            var result = paths.Select(path => path * factor).Append(-mean[c] * factor);
            return Counted([.. node.InputCount == 3 ? result.Append(node.Input(2).ElementAsDouble(c)) : result]);
        })];
    }

    /// <summary>Each output takes every path of the inputs that it is linear in, times the weight, and its bias.</summary>
    private List<double>[] Layer(ActivatedNode node)
    {
        if (node.Activation is not (UnaryKernel.Identity or UnaryKernel.Relu))
            throw new NotSupportedException($"enumerating paths takes ReLU networks; {node.Name} is not homogeneous");
        var (x, weight) = (Of(node.Input(0)), node.Input(1));
        var output = _network.OutputOf(node);
        var result = new List<double>[output.Count];
        for (int i = 0; i < result.Length; i++)
        {
            var paths = new List<double>();
            int channel = output.Rank == 2 ? i % output.Shape[1] : i / (output.Shape[2] * output.Shape[3]) % output.Shape[1];
            foreach (var (from, at) in node is Conv2dNode convolution ? Window(convolution.Geometry, i) : Row(i, weight.Shape[0], weight.Shape[1]))
            {
                foreach (double path in x[from])
                    paths.Add(path * weight.ElementAsDouble(at));
            }

            if (node.InputCount == 3)
                paths.Add(node.Input(2).ElementAsDouble(channel));
            result[i] = Counted(paths);
        }

        return result;
    }

    private static IEnumerable<(int From, int At)> Row(int index, int outputs, int inputs) =>
        Enumerable.Range(0, inputs).Select(j => ((index / outputs * inputs) + j, (index % outputs * inputs) + j));

    private static IEnumerable<(int From, int At)> Window(ConvolutionGeometry g, int index)
    {
        int column = index % g.OutputWidth, row = index / g.OutputWidth % g.OutputHeight, output = index / g.OutputPixels % g.OutputChannels,
            image = index / g.OutputPixels / g.OutputChannels;
        for (int i = 0; i < g.GroupInputs; i++)
        {
            for (int k = 0; k < g.KernelHeight * g.KernelWidth; k++)
            {
                int y = (row * g.Stride) - g.Padding + (k / g.KernelWidth * g.Dilation), x = (column * g.Stride) - g.Padding + (k % g.KernelWidth * g.Dilation);
                int channel = (output / g.GroupOutputs * g.GroupInputs) + i;
                if (y >= 0 && y < g.Height && x >= 0 && x < g.Width)
                {
                    yield return ((((image * g.InputChannels) + channel) * g.InputPixels) + (y * g.Width) + x,
                        (((output * g.GroupInputs) + i) * g.KernelHeight * g.KernelWidth) + k);
                }
            }
        }
    }

    /// <summary>A linear operation without weights, such as a sum or a mean: which inputs each output takes, and with which factor, shows by running it on one
    /// input at a time.</summary>
    private List<double>[] Combine(Tensor x, Tensor output, GraphNode node)
    {
        var paths = Of(x);
        var result = new List<double>[output.Count];
        for (int i = 0; i < result.Length; i++)
            result[i] = [];
        using var leaf = Tensor.Zeros(x.Shape, DataType.Float64);
        for (int j = 0; j < paths.Length; j++)
        {
            leaf.Clear();
            leaf.SetElement(j, 1);
            using var reached = Replay.Run(node, [leaf]);
            for (int i = 0; i < result.Length; i++)
            {
                double weight = reached.ElementAsDouble(i);
                if (weight != 0)
                    result[i].AddRange(paths[j].Select(path => path * weight));
            }
        }

        return [.. result.Select(Counted)];
    }

    private List<double> Counted(List<double> paths)
    {
        _count += paths.Count;
        return _count <= _most ? paths
            : throw new NotSupportedException(
                $"the network has too many paths to list: more than {_most:N0}. Enumeration is for tiny networks; Norm and GramDiagonal take any");
    }
}
