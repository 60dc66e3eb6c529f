using Kappa.Tensors.Differentiation;
using Kappa.Tensors.Operations;
using Kappa.Units;

namespace Kappa.Onnx.Export;

/// <summary>A model's operations on inputs of which one axis has another length: what differs between the records depends on that axis, or on the
/// input.</summary>
internal sealed class Variation : IDisposable
{
    private readonly RecordedGraph _graph;
    private readonly RecordedGraph _other;
    private readonly string _of;
    private readonly Func<string, OnnxException> _fault;
    private readonly Dictionary<Tensor, Tensor> _twins = new(ReferenceEqualityComparer.Instance);

    /// <summary>Matches two records.</summary>
    /// <param name="graph">The record that is written.</param>
    /// <param name="other">The other one, which is disposed with this.</param>
    /// <param name="lengths">The length of the axis in each.</param>
    /// <param name="of">What the axis counts, such as examples.</param>
    /// <param name="fault">Makes an error.</param>
    internal Variation(RecordedGraph graph, RecordedGraph other, (int Here, int There) lengths, string of, Func<string, OnnxException> fault)
    {
        (_graph, _other, Here, There, _of, _fault) = (graph, other, lengths.Here, lengths.There, of, fault);
        Match();
    }

    /// <summary>The length of the axis in the record that is written.</summary>
    internal int Here { get; }

    /// <summary>Its length in the other one.</summary>
    internal int There { get; }

    public void Dispose() => _other.Dispose();

    /// <summary>The same tensor in the other record; itself where it stands in both.</summary>
    internal Tensor Twin(Tensor tensor) => _twins.GetValueOrDefault(tensor, tensor);

    /// <summary>The same operation in the other record.</summary>
    internal GraphNode Twin(GraphNode node) => _twins[_graph.OutputOf(node)].Producer!;

    /// <summary>Whether a length grows with the axis, in proportion; null where it changes otherwise.</summary>
    internal bool? Grows(Tensor tensor, int axis)
    {
        long here = tensor.Shape[axis], there = Twin(tensor).Shape[axis];
        return here == there ? false : here * There == there * Here && here % Here == 0 ? true : null;
    }

    /// <summary>An error that says how a length changes that has to grow in proportion.</summary>
    internal OnnxException Irregular(Tensor tensor, int axis) => _fault(
        $"axis {axis} of a result has length {tensor.Shape[axis]} for {Here} {_of} and {Twin(tensor).Shape[axis]} for {There}, which is no multiple of their "
        + "number");

    private void Match()
    {
        if (_graph.Nodes.Count != _other.Nodes.Count || _graph.Nodes.Zip(_other.Nodes).Any(pair => pair.First.Name != pair.Second.Name
            || pair.First.InputCount != pair.Second.InputCount))
        {
            throw _fault($"it runs other operations on {There} {_of} than on {Here}; a file holds one list of operations for every number of {_of}");
        }

        _twins[_graph.Input] = _other.Input;
        _twins[_graph.Output] = _other.Output;
        foreach (var (first, second) in _graph.Nodes.Zip(_other.Nodes))
        {
            if (!Equals(Settings(first), Settings(second)))
                throw _fault($"its {first.Name} has other numbers on {There} {_of} ({Settings(second)}) than on {Here} ({Settings(first)})");
            _twins[_graph.OutputOf(first)] = _other.OutputOf(second);
            for (int i = 0; i < first.InputCount; i++)
            {
                if (!_twins.TryAdd(first.Input(i), second.Input(i)) && _twins[first.Input(i)] != second.Input(i))
                    throw _fault($"its {first.Name} reads other tensors on {There} {_of} than on {Here}");
            }
        }
    }

    /// <summary>Numbers of an operation that a file holds once.</summary>
    private static object? Settings(GraphNode node) => node switch
    {
        AffineNode affine => (affine.Scale, affine.Offset, affine.Divisor),
        ReductionNode reduction => reduction.Axis,
        MaxNode max => max.Axis,
        ConcatNode concat => concat.Axis,
        CumsumNode cumsum => cumsum.Axis,
        SliceNode slice => slice.Axis,
        AveragePoolNode { Geometry: var g } => (g.Kernel, g.Stride, g.Padding),
        SelectionNode { Windows: { } g } => (g.Kernel, g.Stride, g.Padding),
        SelectionNode selection => selection.Group,
        AttentionNode { Shape: var s } => (s.Heads, s.Groups, s.Width),
        _ => null,
    };
}
