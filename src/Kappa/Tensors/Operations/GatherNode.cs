using Kappa.Tensors.Differentiation;
using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Operations;

/// <summary>Rows of a table, picked by index: an embedding.</summary>
internal sealed class GatherNode(Tensor table, Tensor indices) : GraphNode(table)
{
    internal override string Name => "Gather";

    internal static Tensor Apply(Tensor table, Tensor indices)
    {
        if (table.Rank < 1 || indices.Rank + table.Rank - 1 > Shape.MaxRank)
            throw new TensorShapeException($"Gather: cannot pick rows of {table.Shape} by indices {indices.Shape}");
        Operands.RequireIndices(indices, table.Shape[0], "Gather", "row indices");
        int rowLength = SliceNode.Inner(table.Shape, 0);
        var result = Tensor.Uninitialized([.. indices.Shape.ToArray(), .. table.Shape.Without(0).ToArray()], table.DataType);
        Backend.Current.GatherRows(table, indices, rowLength, result);
        if (Recording.Needed(table))
            result.RecordedBy(new GatherNode(table, indices));
        return result;
    }

    internal override void Backward(Tensor gradient, BackwardPass pass)
    {
        var table = Input(0);
        if (!BackwardPass.Needs(table))
            return;
        var destination = pass.Destination(table, out bool accumulate);
        if (!accumulate)
            destination.Bytes.Clear();
        Backend.Current.ScatterAddRows(gradient, indices, SliceNode.Inner(table.Shape, 0), destination);
    }
}
