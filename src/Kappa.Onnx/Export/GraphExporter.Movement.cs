using Kappa.Tensors.Differentiation;
using Kappa.Tensors.Operations;

namespace Kappa.Onnx.Export;

/// <content>Operations that move elements, with the length of the batch left open.</content>
internal sealed partial class GraphExporter
{
    /// <summary>The shape that a node's result is given, -1 where the batch is in it.</summary>
    private string TargetOf(GraphNode node)
    {
        int[] lengths = _pair.LengthsOf(_pair.Graph.OutputOf(node));
        if (lengths.Count(length => length < 0) > 1)
            throw _pair.Fault($"its {node.Name} gives {_pair.Graph.OutputOf(node).Shape}, in which the batch is in two axes");
        return _builder.Integers(Array.ConvertAll(lengths, length => (long)Math.Max(-1, length)));
    }

    /// <summary>The lengths that a node's result is repeated to; a length of 1 keeps that of the input.</summary>
    private string LengthsOf(GraphNode node)
    {
        var (from, to) = (node.Input(0), _pair.Graph.OutputOf(node));
        int[] lengths = _pair.LengthsOf(to);
        var parts = new List<string>();
        for (int axis = 0; axis < lengths.Length; axis++)
        {
            int own = axis - to.Rank + from.Rank;
            bool isKept = own >= 0 && from.Shape[own] == to.Shape[axis];
            parts.Add(isKept ? _builder.Integers(1) : lengths[axis] >= 0 ? _builder.Integers(lengths[axis])
                : lengths[axis] == -1 ? Batch() : _builder.Add("", "Mul", [Batch(), _builder.Integers(-lengths[axis])]));
        }

        return _builder.Add("", "Concat", [.. parts], GraphBuilder.Int("axis", 0));
    }

    /// <summary>How many examples there are, as a list of one integer.</summary>
    private string Batch() => _batch ??= _builder.Add("", "Shape", [_options.InputName], GraphBuilder.Int("start", 0), GraphBuilder.Int("end", 1));

    private string Slice(SliceNode node)
    {
        var twin = (SliceNode)_pair.Twin(node);
        bool isWhole = node.Start == 0 && node.Length == node.Input(0).Shape[node.Axis] && twin.Length == twin.Input(0).Shape[node.Axis];
        if (!isWhole && (twin.Start, twin.Length) != (node.Start, node.Length))
            throw _pair.Fault($"it takes the range {node.Start} to {node.Start + node.Length} of an axis on two examples and another one on three");
        return Part(In(node, 0), node.Axis, isWhole ? 0 : node.Start, isWhole ? int.MaxValue : node.Start + node.Length);
    }

    /// <summary>A range of one axis.</summary>
    private string Part(string x, int axis, long start, long end) =>
        _builder.Add("", "Slice", [x, _builder.Integers(start), _builder.Integers(end), _builder.Integers(axis)]);

    private string Transposed(string x, int rank) =>
        Permuted(x, [.. Enumerable.Range(0, rank - 2).Select(axis => (long)axis), rank - 1, rank - 2]);

    private string Permuted(string x, long[] order) => _builder.Add("", "Transpose", [x], GraphBuilder.Ints("perm", order));
}
