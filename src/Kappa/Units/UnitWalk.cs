using Kappa.Tensors;
using Kappa.Tensors.Differentiation;
using Kappa.Tensors.Kernels;
using Kappa.Tensors.Operations;

namespace Kappa.Units;

/// <summary>
/// Finds the units of a network, from the recorded operations alone. Every element of every intermediate result carries the label of a unit; a layer's rows
/// make new labels, its columns take labels up, operations that keep the units (<see cref="UnitRule"/>) pass labels on, and what makes one of several, or gives
/// them one scale, has its labels united. What does not keep them, or is not known, freezes the labels that reach it.
/// </summary>
internal sealed partial class UnitWalk
{
    private readonly RecordedGraph _network;
    private readonly UnitRule _rule;
    private readonly Dictionary<GraphNode, int[]> _labels = [];
    private readonly Dictionary<Tensor, ParameterUse> _uses = [];
    private readonly Dictionary<Tensor, string> _fixedParameters = [];

    internal UnitWalk(RecordedGraph network, UnitRule rule)
    {
        (_network, _rule) = (network, rule);
        foreach (var node in network.Nodes)
        {
            if (ViewedParameter(network.OutputOf(node)) is null)
                _labels[node] = Visit(node) ?? Cut(node);
        }

        Freeze(network.Output, "it is an output of the network");
        foreach (var (tensor, reason) in _fixedParameters)
        {
            if (!_uses.TryGetValue(tensor, out var use))
                continue;
            Labels.Freeze(use.Enter, reason);
            Labels.Freeze(use.Leave, reason);
        }
    }

    internal UnitLabels Labels { get; } = new();

    /// <summary>Parameters with more than one use.</summary>
    internal HashSet<Tensor> UsedAgain { get; } = [];

    /// <summary>Which units each parameter enters and leaves, in the order of use.</summary>
    internal IEnumerable<ParameterUse> Uses => _uses.Values;

    /// <summary>Layers by the units that they make, in order.</summary>
    internal List<LabelledLayer> Layers { get; } = [];

    /// <summary>Operations at which the network is cut: what reaches them counts as an output, what they give as an input.</summary>
    internal HashSet<GraphNode> Cuts { get; } = [];

    /// <summary>The parameter that a tensor is, or is under another shape; null for none.</summary>
    internal Tensor? ViewedParameter(Tensor tensor)
    {
        while (tensor.Producer is ReshapeNode reshape)
            tensor = reshape.Input(0);
        return tensor.Producer is null && _network.ParameterTensors.Contains(tensor) ? tensor : null;
    }

    internal bool IsConstant(Tensor tensor) => tensor.Producer is null && tensor != _network.Input && !_network.ParameterTensors.Contains(tensor);

    internal string PathOf(Tensor tensor)
    {
        string name = _network.Names.GetValueOrDefault(tensor) ?? tensor.Name ?? "(unnamed)";
        int dot = name.LastIndexOf('.');
        string last = name[(dot + 1)..];
        return last is not ("weight" or "bias" or "running_mean") ? name : dot < 0 ? "(model)" : name[..dot];
    }

    /// <summary>The labels of a node's output; null when it is not known how it passes units on.</summary>
    private int[]? Visit(GraphNode node) => node switch
    {
        LinearNode linear => Linear(linear),
        Conv2dNode convolution => Convolution(convolution),
        MatMulNode product => Product(product),
        BatchNormNode norm => Normalization(norm),
        UnaryNode unary => Unary(unary),
        AffineNode affine => affine.Offset == 0 || KeepsIdentity ? LabelsOf(affine.Input(0)) : null,
        NormalizeNode norm when KeepsIdentity => LabelsOf(norm.Input(0)),
        ArithmeticNode arithmetic => Arithmetic(arithmetic),
        ReshapeNode or CastNode => LabelsOf(node.Input(0)),
        TransposeNode or SliceNode or ConcatNode => Move(node),
        AveragePoolNode pool => Pool(pool.Input(0), pool.Geometry),
        SelectionNode { Windows: { } geometry } pool => Pool(pool.Input(0), geometry),
        SelectionNode { Group: > 0 } sort => Sort(sort),
        ReductionNode sum => Along(sum.Input(0), sum.Axis),
        MaxNode max => Along(max.Input(0), max.Axis),
        _ => null,
    };

    private int[] LabelsOf(Tensor tensor)
    {
        if (ViewedParameter(tensor) is { } parameter)
        {
            // A parameter where an activation is expected: its scale is given.
            FixParameter(parameter, $"the parameter {_network.Names[parameter]} is used in another way as well");
            return new int[tensor.Count];
        }

        return tensor.Producer is { } producer ? _labels[producer] : new int[tensor.Count];
    }

    private bool KeepsIdentity => _rule == UnitRule.Identity;

    private int[] Unary(UnaryNode unary) => KeepsIdentity || unary.Kernel is UnaryKernel.Identity or UnaryKernel.Relu or UnaryKernel.Negate or UnaryKernel.Abs
        ? LabelsOf(unary.Input(0))
        : Cut(unary);

    /// <summary>Freezes what reaches an operation; what it gives has a scale of its own.</summary>
    private int[] Cut(GraphNode node)
    {
        _ = Cuts.Add(node);
        for (int i = 0; i < node.InputCount; i++)
        {
            Freeze(node.Input(i), KeepsIdentity
                ? $"it reaches {node.Name}, which does not keep units apart (or is not known to)"
                : $"it reaches {node.Name}, which is not positively homogeneous (or not known to be)");
        }

        return new int[_network.OutputOf(node).Count];
    }

    private void Freeze(Tensor tensor, string reason)
    {
        if (ViewedParameter(tensor) is { } parameter)
            FixParameter(parameter, $"the parameter {_network.Names[parameter]} is used in another way as well");
        else
            Labels.Freeze(LabelsOf(tensor), reason);
    }

    private void FixParameter(Tensor parameter, string reason) => _ = _fixedParameters.TryAdd(parameter, reason);

    private int[] NewLabels(int count)
    {
        var labels = new int[count];
        for (int i = 0; i < count; i++)
            labels[i] = Labels.New();
        return labels;
    }

    private void AddLayer(Tensor weight, Tensor? bias, string kind, int[] labels) => Layers.Add(new LabelledLayer(PathOf(weight), kind, weight, bias, labels));

    /// <summary>Notes a parameter's use. A second use in the same layout must see the same units; in another layout nothing is known.</summary>
    private void Register(ParameterUse use)
    {
        if (_uses.TryAdd(use.Tensor, use))
            return;
        _ = UsedAgain.Add(use.Tensor);
        var first = _uses[use.Tensor];
        if (first.HasLayoutOf(use))
        {
            Unite(first.Enter, use.Enter);
            Unite(first.Leave, use.Leave);
            return;
        }

        string reason = $"the parameter {use.Name} is used in two ways";
        foreach (int[] labels in (int[][])[first.Enter, first.Leave, use.Enter, use.Leave])
            Labels.Freeze(labels, reason);
    }

    private void Unite(int[] first, int[] second)
    {
        for (int i = 0; i < first.Length; i++)
            _ = Labels.Union(first[i], second[i]);
    }

    /// <summary>One label for each column of <c>[rows, columns, inner]</c>, whose elements are united.</summary>
    private int[] Columns(int[] labels, int rows, int columns, int inner)
    {
        var result = new int[columns];
        for (int column = 0; column < columns; column++)
        {
            result[column] = labels[column * inner];
            for (int row = 0; row < rows; row++)
            {
                for (int i = 0; i < inner; i++)
                    result[column] = Labels.Union(result[column], labels[(((row * columns) + column) * inner) + i]);
            }
        }

        return result;
    }

    private static int[] Spread(int[] columns, int rows, int inner)
    {
        var result = new int[rows * columns.Length * inner];
        for (int i = 0; i < result.Length; i++)
            result[i] = columns[i / inner % columns.Length];
        return result;
    }
}
