using Kappa.Tensors.Differentiation;
using Kappa.Tensors.Operations;

namespace Kappa.Onnx.Export;

/// <summary>Writes the operations that a model ran as a graph.</summary>
internal sealed partial class GraphExporter
{
    private readonly RecordedRuns _runs;
    private readonly GraphBuilder _builder;
    private readonly OnnxExportOptions _options;
    private readonly Dictionary<Tensor, string> _names = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<GraphNode> _done = [];
    private readonly ILookup<Tensor, GraphNode> _readers;
    private string? _batch;
    private string? _sequence;

    internal GraphExporter(RecordedRuns runs, OnnxExportOptions options)
    {
        (_runs, _options) = (runs, options);
        _builder = new GraphBuilder(options.OperatorSet);
        _readers = runs.Graph.Nodes.SelectMany(node => Enumerable.Range(0, node.InputCount).Select(i => (Node: node, Input: node.Input(i))))
            .ToLookup(entry => entry.Input, entry => entry.Node);
    }

    /// <summary>Writes all of them.</summary>
    internal GraphProto Write()
    {
        var graph = _runs.Graph;
        foreach (string name in graph.Names.Values.Append(_options.InputName).Append(_options.OutputName))
        {
            if (!_builder.Reserve(name))
                throw _runs.Fault($"a weight is called \"{name}\", as the input or the output is; give that another name by OnnxExportOptions");
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
        CastNode => Add(node, "Cast", [In(node, 0)], GraphBuilder.Int("to", (long)Format.ElementTypes.Of(_runs.Graph.OutputOf(node).DataType))),
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
        GatherNode gather => Add(node, "Gather", [In(node, 0), NameOf(gather.Indices, gather, twin => ((GatherNode)twin).Indices)],
            GraphBuilder.Int("axis", 0)),
        ReductionNode reduction => Reduction(reduction),
        MaxNode max => Reduce("ReduceMax", In(node, 0), [max.Axis], max.Shape.Rank == node.Input(0).Rank, axesAreAnInput: _builder.Opset >= 18),
        CumsumNode cumsum => Add(node, "CumSum", [In(node, 0), _builder.Integers(cumsum.Axis)]),
        SelectionNode { Windows: { } windows } => Pool(node, "MaxPool", windows),
        AveragePoolNode pool => Pool(node, "AveragePool", pool.Geometry, GraphBuilder.Int("count_include_pad", 1)),
        SelectionNode { Group: > 0 } sort => Sorted(sort),
        _ => throw _runs.Fault($"it runs {node.Name}, which has no operator in ONNX that Kappa writes; export the part of the model in front of it"),
    };

    /// <summary>Adds the node of an operation.</summary>
    private string Add(GraphNode node, string kind, string[] inputs, params Format.AttributeProto[] attributes) =>
        _builder.Add(PathOf(node), kind, inputs, attributes);

    private string In(GraphNode node, int input) => NameOf(node.Input(input), node.Name);

    /// <summary>The name of a value that an operation reads beside its inputs.</summary>
    /// <param name="tensor">The value.</param>
    /// <param name="node">The operation.</param>
    /// <param name="twin">The value of the same operation in another record.</param>
    private string NameOf(Tensor tensor, GraphNode node, Func<GraphNode, Tensor> twin) =>
        NameOf(tensor, node.Name, _runs.Variations.Select(variation => twin(variation.Twin(node))));

    private string NameOf(Tensor tensor, string reader) => NameOf(tensor, reader, _runs.Variations.Select(variation => variation.Twin(tensor)));

    /// <summary>The name of a value: that of what made it, of a weight, or of a constant.</summary>
    private string NameOf(Tensor tensor, string reader, IEnumerable<Tensor> twins)
    {
        if (_names.TryGetValue(tensor, out string? name))
            return name;
        if (_runs.Graph.NameOf(tensor) is { } weight)
            return _names[tensor] = _builder.Weight(weight, tensor);
        if (ReferenceEquals(tensor.Storage, _runs.Graph.Input.Storage))
            throw _runs.Fault($"{reader} reads the input under another shape, which is not recorded of indices; give the model its input in that shape");
        return _names[tensor] = Constant(tensor, _runs.RequireConstant(tensor, reader, twins));
    }

    /// <summary>A tensor that is the same for every input, but that it is repeated for each example, or cut to as many positions as there are.</summary>
    private string Constant(Tensor tensor, ConstantAxis[] axes)
    {
        using var quiet = NoGradient.Begin();
        using var scope = TensorScope.Begin();
        foreach (var (axis, kind) in axes.Index())
            tensor = kind == ConstantAxis.Repeated ? tensor.Slice(axis, 0, 1) : tensor;
        string result = _builder.Values(tensor);
        foreach (var (axis, kind) in axes.Index())
            result = kind == ConstantAxis.Cut ? Part(result, axis, _builder.Integers(0), Sequence()) : result;
        return axes.Contains(ConstantAxis.Repeated)
            ? _builder.Add("", "Expand", [result, Joined([.. axes.Select(kind => kind == ConstantAxis.Repeated ? Batch() : _builder.Integers(1))])])
            : result;
    }

    /// <summary>The path of the module whose weight an operation reads; empty for none.</summary>
    private string PathOf(GraphNode node)
    {
        for (int i = 0; i < node.InputCount; i++)
        {
            if (_runs.Graph.NameOf(node.Input(i)) is { } name)
                return name[..Math.Max(0, name.LastIndexOf('.'))];
        }

        return "";
    }

    private ValueInfoProto Declare(string name, Tensor tensor)
    {
        var shape = new TensorShapeProto();
        for (int axis = 0; axis < tensor.Rank; axis++)
        {
            shape.Dim.Add(_runs.MultipleOf(tensor, axis) switch
            {
                { IsOpen: false, Factor: var length } => new DimensionProto { DimValue = length },
                { } open => new DimensionProto { DimParam = NameOf(open) },
                // Such as all positions but one: it has no name.
                null => new DimensionProto(),
            });
        }

        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = new TensorTypeProto { ElemType = (int)ElementTypes.Of(tensor.DataType), Shape = shape } },
        };
    }

    /// <summary>An open length as the file calls it, such as <c>batch</c> or <c>batch*4</c>.</summary>
    private string NameOf(AxisLength length)
    {
        string?[] parts = [length.PerExample ? _options.BatchName : null, length.PerPosition ? _options.SequenceName : null,
            length.Factor == 1 ? null : length.Factor.ToString(CultureInfo.InvariantCulture)];
        return string.Join('*', parts.OfType<string>());
    }
}
