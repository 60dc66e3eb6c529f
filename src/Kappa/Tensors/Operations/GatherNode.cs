using Kappa.Tensors.Differentiation;

namespace Kappa.Tensors.Operations;

/// <summary>Rows of a table, picked by index: an embedding.</summary>
internal sealed class GatherNode(Tensor table, Tensor indices) : GraphNode(table)
{
    internal override string Name => "Gather";

    internal Tensor Indices => indices;

    internal static Tensor Apply(Tensor table, Tensor indices)
    {
        if (table.Rank < 1 || indices.Rank + table.Rank - 1 > Shape.MaxRank)
            throw new TensorShapeException($"Gather: cannot pick rows of {table.Shape} by indices {indices.Shape}");
        Operands.RequireIndices(indices, table.Shape[0], "Gather", "row indices");
        int rowLength = SliceNode.Inner(table.Shape, 0);
        var result = table.New([.. indices.Shape.ToArray(), .. table.Shape.Without(0).ToArray()]);
        result.Backend.GatherRows(table, indices, rowLength, result);
        if (Recording.Needed(table))
            result.RecordedBy(new GatherNode(table, indices));
        return result;
    }

    protected override SavedValue[] Save() => [new(indices)];

    internal override void Backward(Tensor gradient, BackwardPass pass)
    {
        var table = Input(0);
        if (pass.AddingDestination(table) is not { } destination)
            return;
        pass.ObserveRows(table, indices);
        destination.Backend.ScatterAddRows(gradient, indices, SliceNode.Inner(table.Shape, 0), destination);
    }

    internal override Tensor? PushForward(TangentPass pass)
    {
        var tangents = pass.Of(Input(0))!;
        var result = tangents.New([pass.Count, .. indices.Shape.ToArray(), .. Input(0).Shape.Without(0).ToArray()]);
        for (int i = 0; i < pass.Count; i++)
        {
            using var from = tangents.Entry(i);
            using var to = result.Entry(i);
            to.Backend.GatherRows(from, indices, SliceNode.Inner(Input(0).Shape, 0), to);
        }

        return result;
    }

    internal override void BackwardTangent(Tensor? gradient, Tensor? gradientTangent, TangentPass pass)
    {
        var table = Input(0);
        if (gradientTangent is null || pass.AddingDestination(table) is not { } destination)
            return;
        for (int i = 0; i < pass.Count; i++)
        {
            using var from = gradientTangent.Entry(i);
            using var to = destination.Entry(i);
            to.Backend.ScatterAddRows(from, indices, SliceNode.Inner(table.Shape, 0), to);
        }
    }
}
