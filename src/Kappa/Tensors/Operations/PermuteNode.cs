using Kappa.Tensors.Differentiation;

namespace Kappa.Tensors.Operations;

/// <summary>The axes in another order, as a copy.</summary>
internal sealed class PermuteNode(Tensor x, int[] axes) : GraphNode(x)
{
    internal override string Name => "Permute";

    internal ReadOnlySpan<int> Axes => axes;

    internal static Tensor Apply(Tensor x, ReadOnlySpan<int> axes)
    {
        if (axes.Length != x.Rank)
            throw new TensorShapeException($"Permute: expected each of the {x.Rank} axes of {x.Shape} once; got [{string.Join(", ", axes.ToArray())}]");
        int[] order = new int[axes.Length];
        for (int i = 0; i < axes.Length; i++)
        {
            order[i] = x.Shape.NormalizeAxis(axes[i], "Permute");
            if (order.AsSpan(0, i).Contains(order[i]))
                throw new TensorShapeException($"Permute: expected each of the {x.Rank} axes of {x.Shape} once; got [{string.Join(", ", axes.ToArray())}]");
        }

        var result = Copy(x, order);
        if (Recording.Needed(x))
            result.RecordedBy(new PermuteNode(x, order));
        return result;
    }

    protected override SavedValue[] Save() => [];

    internal override void Backward(Tensor gradient, BackwardPass pass) => pass.Add(Input(0), Copy(gradient, Inverse()));

    internal override Tensor? PushForward(TangentPass pass) => Copy(pass.Of(Input(0))!, Batched(axes));

    internal override void BackwardTangent(Tensor? gradient, Tensor? gradientTangent, TangentPass pass)
    {
        if (gradientTangent is not null)
            pass.Add(Input(0), Copy(gradientTangent, Batched(Inverse())));
    }

    private static Tensor Copy(Tensor x, int[] order)
    {
        int[] strides = Array.ConvertAll(order, axis => SliceNode.Inner(x.Shape, axis));
        var result = x.New(new Shape(Array.ConvertAll(order, axis => x.Shape[axis])));
        result.Backend.CopyStrided(x, strides, result);
        return result;
    }

    /// <summary>The same order behind the axis of a batch of tangents.</summary>
    private static int[] Batched(int[] order) => [0, .. order.Select(axis => axis + 1)];

    private int[] Inverse()
    {
        int[] inverse = new int[axes.Length];
        for (int i = 0; i < axes.Length; i++)
            inverse[axes[i]] = i;
        return inverse;
    }
}
