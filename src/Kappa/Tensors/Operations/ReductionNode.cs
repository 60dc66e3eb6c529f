using Kappa.Tensors.Differentiation;
using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Operations;

/// <summary>The sum over the middle axis of x seen as [outer, length, inner].</summary>
internal sealed class ReductionNode(Tensor x, int axis, Shape shape) : GraphNode(x)
{
    private const int Everything = -1;

    internal override string Name => "Sum";

    internal Shape Shape => shape;

    /// <summary>The axis that is summed over; null for all.</summary>
    internal int? Axis => axis == Everything ? null : axis;

    /// <summary>Sums over one axis.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis, already normal.</param>
    /// <param name="keepAxis">Whether the axis stays, with length 1.</param>
    internal static Tensor Sum(Tensor x, int axis, bool keepAxis)
    {
        var result = Tensor.Uninitialized(keepAxis ? x.Shape.With(axis, 1) : x.Shape.Without(axis), x.DataType);
        Backend.Current.Reduce(ReductionKernel.Sum, x, Extent(x.Shape, 0, axis), x.Shape[axis], Extent(x.Shape, axis + 1, x.Rank), result, accumulate: false);
        if (Recording.Needed(x))
            result.RecordedBy(new ReductionNode(x, axis, result.Shape));
        return result;
    }

    /// <summary>Sums over everything, to a scalar.</summary>
    internal static Tensor Sum(Tensor x)
    {
        var result = Tensor.Uninitialized([], x.DataType);
        Backend.Current.Reduce(ReductionKernel.Sum, x, 1, x.Count, 1, result, accumulate: false);
        if (Recording.Needed(x))
            result.RecordedBy(new ReductionNode(x, Everything, []));
        return result;
    }

    /// <summary>Sums a gradient over the axes along which an operand of that shape was repeated. Not recorded.</summary>
    internal static Tensor SumTo(Tensor x, Shape shape)
    {
        var current = x;
        int missing = x.Rank - shape.Rank;
        for (int axis = 0; axis < x.Rank; axis++)
        {
            bool repeated = axis < missing || (shape[axis - missing] == 1 && x.Shape[axis] != 1);
            if (!repeated)
                continue;
            var next = Sum(current, axis, keepAxis: true);
            if (current != x)
                current.Dispose();
            current = next;
        }

        var result = current.Alias(shape);
        if (current != x)
            current.Dispose();
        return result;
    }

    /// <summary>The product of the lengths of the axes from one up to, not including, another.</summary>
    internal static int Extent(Shape shape, int from, int to)
    {
        int extent = 1;
        for (int axis = from; axis < to; axis++)
            extent *= shape[axis];
        return extent;
    }

    protected override SavedValue[] Save() => [];

    internal override void Backward(Tensor gradient, BackwardPass pass) =>
        pass.Add(Input(0), Repeat(gradient, Input(0).Shape, axis == Everything ? Shape.Scalar : Input(0).Shape.With(axis, 1)));

    internal override Tensor? PushForward(TangentPass pass)
    {
        var x = Input(0);
        var result = Tensor.Uninitialized(shape.Prepend(pass.Count), x.DataType);
        var (outer, length, inner) = axis == Everything ? (1, x.Count, 1) : (Extent(x.Shape, 0, axis), x.Shape[axis], Extent(x.Shape, axis + 1, x.Rank));
        Backend.Current.Reduce(ReductionKernel.Sum, pass.Of(x)!, pass.Count * outer, length, inner, result, accumulate: false);
        return result;
    }

    internal override void BackwardTangent(Tensor? gradient, Tensor? gradientTangent, TangentPass pass)
    {
        if (gradientTangent is null)
            return;
        var full = Input(0).Shape.Prepend(pass.Count);
        var kept = full;
        for (int i = 0; i < Input(0).Rank; i++)
        {
            if (axis == Everything || axis == i)
                kept = kept.With(i + 1, 1);
        }

        pass.Add(Input(0), Repeat(gradientTangent, full, kept));
    }

    /// <summary>Repeats along the axes that were summed: adds to zeros with broadcasting.</summary>
    private static Tensor Repeat(Tensor gradient, Shape full, Shape broadcastable)
    {
        var share = Tensor.Zeros(full, gradient.DataType);
        using var shaped = gradient.Alias(broadcastable);
        Backend.Current.Binary(BinaryKernel.Add, share, shaped, share);
        return share;
    }
}
