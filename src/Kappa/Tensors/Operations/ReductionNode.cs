using Kappa.Tensors.Differentiation;
using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Operations;

/// <summary>The sum over the middle axis of x seen as [outer, length, inner], or the mean: the sum is divided before it is rounded, so that it need not be in
/// range.</summary>
internal sealed class ReductionNode(Tensor x, int axis, bool mean, Shape shape) : GraphNode(x)
{
    private const int Everything = -1;

    internal override string Name => mean ? "Mean" : "Sum";

    internal Shape Shape => shape;

    /// <summary>The axis that is summed over; null for all.</summary>
    internal int? Axis => axis == Everything ? null : axis;

    internal bool IsMean => mean;

    /// <summary>Sums, or averages, over one axis.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis, already normal.</param>
    /// <param name="keepAxis">Whether the axis stays, with length 1.</param>
    /// <param name="mean">Whether to divide by its length.</param>
    internal static Tensor Apply(Tensor x, int axis, bool keepAxis, bool mean)
    {
        var result = x.New(keepAxis ? x.Shape.With(axis, 1) : x.Shape.Without(axis));
        Reduce(x, Extent(x.Shape, 0, axis), x.Shape[axis], Extent(x.Shape, axis + 1, x.Rank), mean, result);
        if (Recording.Needed(x))
            result.RecordedBy(new ReductionNode(x, axis, mean, result.Shape));
        return result;
    }

    /// <summary>Sums, or averages, over everything, to a scalar.</summary>
    internal static Tensor Apply(Tensor x, bool mean)
    {
        var result = x.New([]);
        Reduce(x, 1, x.Count, 1, mean, result);
        if (Recording.Needed(x))
            result.RecordedBy(new ReductionNode(x, Everything, mean, []));
        return result;
    }

    /// <summary>Sums a gradient over the axes along which an operand of that shape was repeated, those that are neighbours at once. Not recorded.</summary>
    internal static Tensor SumTo(Tensor x, Shape shape)
    {
        var current = x;
        int missing = x.Rank - shape.Rank;
        bool IsRepeated(int axis) => axis < missing || (shape[axis - missing] == 1 && x.Shape[axis] != 1);
        for (int first = 0; first < x.Rank; first++)
        {
            if (!IsRepeated(first))
                continue;
            int end = first + 1;
            var summed = current.Shape.With(first, 1);
            for (; end < x.Rank && (IsRepeated(end) || x.Shape[end] == 1); end++)
                summed = summed.With(end, 1);
            var next = x.New(summed);
            next.Backend.Sum(
                current, Extent(current.Shape, 0, first), Extent(current.Shape, first, end), Extent(current.Shape, end, x.Rank), 1, next, accumulate: false);
            if (current != x)
                current.Dispose();
            current = next;
            first = end - 1;
        }

        var result = current.Alias(shape);
        if (current != x)
            current.Dispose();
        return result;
    }

    /// <summary>A mean whose sum is out of the range of double precision is taken of the quotients.</summary>
    private static void Reduce(Tensor x, int outer, int length, int inner, bool mean, Tensor result)
    {
        result.Backend.Sum(x, outer, length, inner, mean ? length : 1, result, accumulate: false);
        if (!mean || x.DataType != DataType.Float64 || double.IsFinite(result.Backend.LargestMagnitude(result))
            || !double.IsFinite(x.Backend.LargestMagnitude(x)))
        {
            return;
        }

        using var quotients = x.New(x.Shape);
        quotients.Backend.Divide(x, length, quotients);
        result.Backend.Sum(quotients, outer, length, inner, 1, result, accumulate: false);
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
        var result = x.New(shape.Prepend(pass.Count));
        var (outer, length, inner) = axis == Everything ? (1, x.Count, 1) : (Extent(x.Shape, 0, axis), x.Shape[axis], Extent(x.Shape, axis + 1, x.Rank));
        result.Backend.Sum(pass.Of(x)!, pass.Count * outer, length, inner, Divisor, result, accumulate: false);
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

    private double Divisor => !mean ? 1 : axis == Everything ? Input(0).Count : Input(0).Shape[axis];

    /// <summary>Repeats along the axes that were summed: adds to zeros with broadcasting.</summary>
    private Tensor Repeat(Tensor gradient, Shape full, Shape broadcastable)
    {
        var share = gradient.NewZeros(full);
        using var quotient = mean ? gradient / Divisor : gradient.Alias(gradient.Shape);
        using var shaped = quotient.Alias(broadcastable);
        share.Backend.Binary(BinaryKernel.Add, share, shaped, share);
        return share;
    }
}
