using Kappa.Tensors.Differentiation;
using Kappa.Tensors.Kernels;
using Kappa.Tensors.Operations;

namespace Kappa.Onnx.Export;

/// <content>Operations with weights.</content>
internal sealed partial class GraphExporter
{
    private string Linear(LinearNode node)
    {
        string[] inputs = [.. Enumerable.Range(0, node.InputCount).Select(i => In(node, i))];
        return Activated(node, Add(node, "Gemm", inputs, GraphBuilder.Int("transB", 1)));
    }

    private string Convolution(Conv2dNode node)
    {
        var g = node.Geometry;
        string[] inputs = [.. Enumerable.Range(0, node.InputCount).Select(i => In(node, i))];
        return Activated(node, Add(
            node, "Conv", inputs, GraphBuilder.Ints("kernel_shape", g.KernelHeight, g.KernelWidth), GraphBuilder.Ints("strides", g.Stride, g.Stride),
            GraphBuilder.Ints("pads", g.Padding, g.Padding, g.Padding, g.Padding), GraphBuilder.Ints("dilations", g.Dilation, g.Dilation),
            GraphBuilder.Int("group", g.Groups)));
    }

    private string Activated(ActivatedNode node, string value) =>
        node.Activation == UnaryKernel.Identity ? value : Unary(node.Activation, value, node.Input(0).DataType);

    private string Product(MatMulNode node) => node.TransposeA || node.TransposeB
        ? Add(
            node, "Gemm", [In(node, 0), In(node, 1)], GraphBuilder.Int("transA", node.TransposeA ? 1 : 0), GraphBuilder.Int("transB", node.TransposeB ? 1 : 0))
        : Add(node, "MatMul", [In(node, 0), In(node, 1)]);

    private string Product(BatchMatMulNode node)
    {
        string a = node.TransposeA ? Transposed(In(node, 0), 3) : In(node, 0);
        return Add(node, "MatMul", [a, node.TransposeB ? Transposed(In(node, 1), 3) : In(node, 1)]);
    }

    private string Normalization(BatchNormNode node)
    {
        if (node.RunningMean is not { } mean || node.RunningVariance is not { } variance)
            throw _runs.Fault("it normalises by the statistics of the batch, which a file for evaluation has not; use a BatchNorm module");
        var type = node.Input(0).DataType;
        string weight = node.InputCount == 3 ? In(node, 1) : Filled(mean.Shape, 1, type);
        string bias = node.InputCount == 3 ? In(node, 2) : Filled(mean.Shape, 0, type);
        return Add(
            node, "BatchNormalization", [In(node, 0), weight, bias, NameOf(mean, node.Name), NameOf(variance, node.Name)],
            GraphBuilder.Number("epsilon", node.Statistics.Epsilon));
    }

    private string Normalization(NormalizeNode node)
    {
        string x = In(node, 0);
        var type = node.Input(0).DataType;
        if (!node.IsCentred)
        {
            string mean = Reduce("ReduceMean", _builder.Add("", "Mul", [x, x]), [-1], keep: true, _builder.Opset >= 18);
            return _builder.Add("", "Div", [x, _builder.Add("", "Sqrt", [_builder.Add("", "Add", [mean, _builder.Number(node.Epsilon, type)])])]);
        }

        // The factors and shifts behind it are inputs of the same operator.
        var attributes = new[] { GraphBuilder.Int("axis", -1), GraphBuilder.Number("epsilon", node.Epsilon) };
        Shape width = [_runs.FixedLengthOf(node.Input(0), node.Input(0).Rank - 1, node.Name)];
        if (Only(node, BinaryKernel.Multiply, width) is not { } factor)
            return Add(node, "LayerNormalization", [x, Filled(width, 1, type)], attributes);
        var last = Only(factor, BinaryKernel.Add, width) ?? factor;
        string[] inputs = last == factor ? [x, In(factor, 1)] : [x, In(factor, 1), In(last, 1)];
        string result = _builder.Add(PathOf(factor), "LayerNormalization", inputs, attributes);
        foreach (var taken in (ArithmeticNode[])[factor, last])
        {
            _ = _done.Add(taken);
            _names[_runs.Graph.OutputOf(taken)] = result;
        }

        return result;
    }

    /// <summary>The one reader of a node's result, where it joins it with a parameter of that shape.</summary>
    private ArithmeticNode? Only(GraphNode node, BinaryKernel kernel, Shape width)
    {
        var output = _runs.Graph.OutputOf(node);
        return output != _runs.Graph.Output && _readers[output].ToArray() is [ArithmeticNode reader] && reader.Kernel == kernel && reader.Input(0) == output
            && reader.Input(1).Shape == width && _runs.Graph.NameOf(reader.Input(1)) is not null ? reader : null;
    }

    private string Pool(GraphNode node, string kind, PoolingGeometry g, params Format.AttributeProto[] more) => Add(
        node, kind, [In(node, 0)],
        [GraphBuilder.Ints("kernel_shape", g.Kernel, g.Kernel), GraphBuilder.Ints("strides", g.Stride, g.Stride),
            GraphBuilder.Ints("pads", g.Padding, g.Padding, g.Padding, g.Padding), .. more]);

    /// <summary>Groups of channels as an axis of their own, whose largest or smallest are all of them in order.</summary>
    private string Sorted(SelectionNode node)
    {
        var x = node.Input(0);
        long group = node.Group;
        long channels = _runs.FixedLengthOf(x, 1, node.Name);
        long inner = Enumerable.Range(2, x.Rank - 2).Aggregate(1L, (product, axis) => product * _runs.FixedLengthOf(x, axis, node.Name));
        string split = Add(node, "Reshape", [In(node, 0), _builder.Integers(-1, channels / group, group, inner)]);
        string sorted = _builder.Add(
            "", "TopK", [split, _builder.Integers(group)], GraphBuilder.Int("axis", 2), GraphBuilder.Int("largest", node.IsDescending ? 1 : 0),
            GraphBuilder.Int("sorted", 1));
        // The places, the operator's second output, which it must name.
        _builder.Graph.Node[^1].Output.Add($"{sorted}_places");
        return Add(node, "Reshape", [sorted, TargetOf(node)]);
    }

    private string Filled(Shape shape, double value, DataType type)
    {
        using var tensor = Tensor.Full(shape, value, type);
        return _builder.Values(tensor);
    }
}
