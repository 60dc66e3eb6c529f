using Kappa.Tensors.Differentiation;
using Kappa.Tensors.Operations;

namespace Kappa.Onnx.Export;

/// <summary>Writes the operations that a model ran as a graph.</summary>
internal sealed partial class GraphExporter
{
    private readonly RecordedPair _pair;
    private readonly GraphBuilder _builder;
    private readonly OnnxExportOptions _options;
    private readonly Dictionary<Tensor, string> _names = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<GraphNode> _done = [];
    private readonly ILookup<Tensor, GraphNode> _readers;
    private string? _batch;

    internal GraphExporter(RecordedPair pair, OnnxExportOptions options)
    {
        (_pair, _options) = (pair, options);
        _builder = new GraphBuilder(options.OperatorSet);
        _readers = pair.Graph.Nodes.SelectMany(node => Enumerable.Range(0, node.InputCount).Select(i => (Node: node, Input: node.Input(i))))
            .ToLookup(entry => entry.Input, entry => entry.Node);
    }

    /// <summary>Writes all of them.</summary>
    internal GraphProto Write()
    {
        var graph = _pair.Graph;
        foreach (string name in graph.Names.Values.Append(_options.InputName).Append(_options.OutputName))
        {
            if (!_builder.Reserve(name))
                throw _pair.Fault($"a weight is called \"{name}\", as the input or the output is; give that another name by OnnxExportOptions");
        }

        _names[graph.Input] = _options.InputName;
        foreach (var node in graph.Nodes)
        {
            if (_done.Add(node))
                _names[graph.OutputOf(node)] = Translate(node);
        }

        string last = NameOf(graph.Output, "its output");
        if (graph.Output.Producer is null)
            last = _builder.Add("", "Identity", [last]);
        _builder.Rename(last, _options.OutputName);
        _builder.Graph.Input.Add(Declare(_options.InputName, graph.Input));
        _builder.Graph.Output.Add(Declare(_options.OutputName, graph.Output));
        return _builder.Graph;
    }

    private string Translate(GraphNode node) => node switch
    {
        LinearNode linear => Linear(linear),
        Conv2dNode convolution => Convolution(convolution),
        MatMulNode product => Product(product),
        BatchMatMulNode product => Product(product),
        BatchNormNode norm => Normalization(norm),
        NormalizeNode norm => Normalization(norm),
        SoftmaxNode softmax => Add(node, softmax.IsLogarithm ? "LogSoftmax" : "Softmax", [In(node, 0)], GraphBuilder.Int("axis", -1)),
        AttentionNode attention => Attention(attention),
        RotateNode rotate => Rotation(rotate),
        UnaryNode unary => Unary(unary.Kernel, In(node, 0), node.Input(0).DataType),
        AffineNode affine => Affine(affine),
        ArithmeticNode arithmetic => Add(node, KindOf(arithmetic.Kernel), [In(node, 0), In(node, 1)]),
        WhereNode choice => Choice(choice),
        ReshapeNode => Add(node, "Reshape", [In(node, 0), TargetOf(node)]),
        TransposeNode => Transposed(In(node, 0), node.Input(0).Rank),
        PermuteNode permutation => Permuted(In(node, 0), Array.ConvertAll(permutation.Axes.ToArray(), axis => (long)axis)),
        ExpandNode => Add(node, "Expand", [In(node, 0), LengthsOf(node)]),
        SliceNode slice => Slice(slice),
        ConcatNode concat => Add(
            node, "Concat", [.. Enumerable.Range(0, node.InputCount).Select(i => In(node, i))], GraphBuilder.Int("axis", concat.Axis)),
        GatherNode gather => Add(node, "Gather", [In(node, 0), NameOf(gather.Indices, "Gather", ((GatherNode)_pair.Twin(gather)).Indices)],
            GraphBuilder.Int("axis", 0)),
        ReductionNode reduction => Reduction(reduction),
        MaxNode max => Reduce("ReduceMax", In(node, 0), [max.Axis], max.Shape.Rank == node.Input(0).Rank, axesAreAnInput: _builder.Opset >= 18),
        CumsumNode cumsum => Add(node, "CumSum", [In(node, 0), _builder.Integers(cumsum.Axis)]),
        SelectionNode { Windows: { } windows } => Pool(node, "MaxPool", windows),
        AveragePoolNode pool => Pool(node, "AveragePool", pool.Geometry, GraphBuilder.Int("count_include_pad", 1)),
        SelectionNode { Group: > 0 } sort => Sorted(sort),
        _ => throw _pair.Fault($"it runs {node.Name}, which has no operator in ONNX that Kappa writes; export the part of the model in front of it"),
    };

    /// <summary>Adds the node of an operation.</summary>
    private string Add(GraphNode node, string kind, string[] inputs, params Format.AttributeProto[] attributes) =>
        _builder.Add(PathOf(node), kind, inputs, attributes);

    private string In(GraphNode node, int input) => NameOf(node.Input(input), node.Name);

    /// <summary>The name of a value: that of what made it, of a weight, or of a constant.</summary>
    private string NameOf(Tensor tensor, string reader, Tensor? twin = null)
    {
        if (_names.TryGetValue(tensor, out string? name))
            return name;
        if (_pair.Graph.NameOf(tensor) is { } weight)
            return _names[tensor] = _builder.Weight(weight, tensor);
        if (ReferenceEquals(tensor.Storage, _pair.Graph.Input.Storage))
            throw _pair.Fault($"{reader} reads the input under another shape, which is not recorded of indices; give the model its input in that shape");
        return _names[tensor] = Constant(tensor, _pair.RequireConstant(tensor, reader, twin));
    }

    /// <summary>A tensor that is the same for every input, repeated along the axis of the batch where it has one.</summary>
    private string Constant(Tensor tensor, int? batch)
    {
        if (batch is not { } axis)
            return _builder.Values(tensor);
        using var quiet = NoGradient.Begin();
        using var single = tensor.Slice(axis, 0, 1);
        string[] lengths = [.. Enumerable.Range(0, tensor.Rank).Select(other => other == axis ? Batch() : _builder.Integers(1))];
        string shape = lengths.Length == 1 ? lengths[0] : _builder.Add("", "Concat", lengths, GraphBuilder.Int("axis", 0));
        return _builder.Add("", "Expand", [_builder.Values(single), shape]);
    }

    /// <summary>The path of the module whose weight an operation reads; empty for none.</summary>
    private string PathOf(GraphNode node)
    {
        for (int i = 0; i < node.InputCount; i++)
        {
            if (_pair.Graph.NameOf(node.Input(i)) is { } name)
                return name[..Math.Max(0, name.LastIndexOf('.'))];
        }

        return "";
    }

    private ValueInfoProto Declare(string name, Tensor tensor)
    {
        var shape = new TensorShapeProto();
        foreach (int length in _pair.LengthsOf(tensor))
        {
            shape.Dim.Add(length >= 0 ? new DimensionProto { DimValue = length }
                : new DimensionProto { DimParam = length == -1 ? _options.BatchName : $"{_options.BatchName}*{-length}" });
        }

        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = new TensorTypeProto { ElemType = (int)ElementTypes.Of(tensor.DataType), Shape = shape } },
        };
    }
}
