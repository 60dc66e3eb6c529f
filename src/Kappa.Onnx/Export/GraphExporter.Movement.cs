using Kappa.Tensors.Differentiation;
using Kappa.Tensors.Operations;

namespace Kappa.Onnx.Export;

/// <content>Operations that move elements, with the length of the batch left open.</content>
internal sealed partial class GraphExporter
{
    /// <summary>The shape that a node's result is given, -1 where one axis is open.</summary>
    private string TargetOf(GraphNode node)
    {
        var lengths = _runs.LengthsOf(_runs.Graph.OutputOf(node));
        return lengths.Count(length => length.IsOpen) <= 1
            ? _builder.Integers(Array.ConvertAll(lengths, length => length.IsOpen ? -1L : length.Factor))
            : Joined([.. lengths.Select(ListOf)]);
    }

    /// <summary>The lengths that a node's result is repeated to; a length of 1 keeps that of the input.</summary>
    private string LengthsOf(GraphNode node)
    {
        var (from, to) = (node.Input(0), _runs.Graph.OutputOf(node));
        var parts = new string[to.Rank];
        for (int axis = 0; axis < parts.Length; axis++)
        {
            int own = axis - to.Rank + from.Rank;
            bool isKept = own >= 0 && from.Shape[own] == to.Shape[axis];
            parts[axis] = isKept ? _builder.Integers(1) : ListOf(_runs.LengthOf(to, axis));
        }

        return Joined(parts);
    }

    /// <summary>A length as a list of one integer.</summary>
    private string ListOf(AxisLength length)
    {
        string[] parts = [.. length.PerExample ? [Batch()] : Array.Empty<string>(), .. length.PerPosition ? [Sequence()] : Array.Empty<string>(),
            .. length.Factor != 1 || !length.IsOpen ? [_builder.Integers(length.Factor)] : Array.Empty<string>()];
        return parts.Aggregate((product, part) => _builder.Add("", "Mul", [product, part]));
    }

    /// <summary>Lists of integers behind each other.</summary>
    private string Joined(string[] lists) => lists.Length == 1 ? lists[0] : _builder.Add("", "Concat", lists, GraphBuilder.Int("axis", 0));

    /// <summary>How many examples there are, as a list of one integer.</summary>
    private string Batch() => _batch ??= InputLength(0);

    /// <summary>How many positions a sequence has, as a list of one integer.</summary>
    private string Sequence() => _sequence ??= InputLength(1);

    private string InputLength(int axis) =>
        _builder.Add("", "Shape", [_options.InputName], GraphBuilder.Int("start", axis), GraphBuilder.Int("end", axis + 1));

    /// <summary>A range, whose ends lie equally far from the beginning of the axis in every record, or from its end, or the axis follows the input.</summary>
    private string Slice(SliceNode node)
    {
        SliceNode[] all = [node, .. _runs.Variations.Select(variation => (SliceNode)variation.Twin(node))];
        int start = node.Start, end = start + node.Length, whole = node.Input(0).Shape[node.Axis];
        bool IsSame(Func<SliceNode, int> of) => all.All(other => of(other) == of(node));
        bool isFromStart = IsSame(other => other.Start);
        string first = isFromStart ? _builder.Integers(start)
            : IsSame(other => other.Input(0).Shape[other.Axis] - other.Start) ? _builder.Integers(start - whole)
            : throw Moving();
        string last = all.All(other => other.Start + other.Length == other.Input(0).Shape[other.Axis]) ? _builder.Integers(int.MaxValue)
            : IsSame(other => other.Start + other.Length) ? _builder.Integers(end)
            : IsSame(other => other.Input(0).Shape[other.Axis] - other.Start - other.Length) ? _builder.Integers(end - whole)
            : isFromStart ? EndOf(start, _runs.LengthOf(_runs.Graph.OutputOf(node), node.Axis))
            : throw Moving();
        return Part(In(node, 0), node.Axis, first, last);

        OnnxException Moving() => _runs.Fault(
            $"it takes the range {start} to {end} of an axis here, and another one where the batch or the sequence has another length");
    }

    private string EndOf(int start, AxisLength length) =>
        start == 0 ? ListOf(length) : _builder.Add("", "Add", [ListOf(length), _builder.Integers(start)]);

    /// <summary>A range of one axis.</summary>
    private string Part(string x, int axis, long start, long end) => Part(x, axis, _builder.Integers(start), _builder.Integers(end));

    private string Part(string x, int axis, string start, string end) => _builder.Add("", "Slice", [x, start, end, _builder.Integers(axis)]);

    private string Transposed(string x, int rank) =>
        Permuted(x, [.. Enumerable.Range(0, rank - 2).Select(axis => (long)axis), rank - 1, rank - 2]);

    private string Permuted(string x, long[] order) => _builder.Add("", "Transpose", [x], GraphBuilder.Ints("perm", order));
}
