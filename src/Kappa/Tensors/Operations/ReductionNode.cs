using Kappa.Tensors.Differentiation;
using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Operations;

/// <summary>The sum over the middle axis of x seen as [outer, length, inner].</summary>
internal sealed class ReductionNode(Tensor x, Shape broadcastable) : GraphNode(x)
{
    internal override string Name => "Sum";

    /// <summary>Sums over one axis.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis, already normal.</param>
    /// <param name="keepAxis">Whether the axis stays, with length 1.</param>
    internal static Tensor Sum(Tensor x, int axis, bool keepAxis)
    {
        var kept = x.Shape.With(axis, 1);
        var result = Tensor.Uninitialized(keepAxis ? kept : x.Shape.Without(axis), x.DataType);
        Backend.Current.Reduce(ReductionKernel.Sum, x, Extent(x.Shape, 0, axis), x.Shape[axis], Extent(x.Shape, axis + 1, x.Rank), result, accumulate: false);
        if (Recording.Needed(x))
            result.RecordedBy(new ReductionNode(x, kept));
        return result;
    }

    /// <summary>Sums over everything, to a scalar.</summary>
    internal static Tensor Sum(Tensor x)
    {
        var result = Tensor.Uninitialized([], x.DataType);
        Backend.Current.Reduce(ReductionKernel.Sum, x, 1, x.Count, 1, result, accumulate: false);
        if (Recording.Needed(x))
            result.RecordedBy(new ReductionNode(x, []));
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

    internal override void Backward(Tensor gradient, BackwardPass pass)
    {
        // Repeating is adding to zeros with broadcasting.
        var x = Input(0);
        var share = Tensor.Zeros(x.Shape, x.DataType);
        using var shaped = gradient.Alias(broadcastable);
        Backend.Current.Binary(BinaryKernel.Add, share, shaped, share);
        pass.Add(x, share);
    }
}
