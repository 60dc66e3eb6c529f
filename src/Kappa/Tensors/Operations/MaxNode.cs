using Kappa.Tensors.Differentiation;
using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Operations;

/// <summary>The largest element along one axis. The gradient goes to the first element that attains it.</summary>
internal sealed class MaxNode(Tensor x, int axis, Shape shape, int[] winners) : GraphNode(x)
{
    internal override string Name => "Max";

    internal int Axis => axis;

    internal Shape Shape => shape;

    internal static Tensor Apply(Tensor x, int axis, bool keepAxis)
    {
        Operands.RequireFloating(x, "Max");
        axis = x.Shape.NormalizeAxis(axis, "Max");
        if (x.Shape[axis] == 0)
            throw new TensorShapeException($"Max: axis {axis} of {x.Shape} is empty");
        var shape = keepAxis ? x.Shape.With(axis, 1) : x.Shape.Without(axis);
        var result = Tensor.Uninitialized(shape, x.DataType);
        Backend.Current.Max(x, ReductionNode.Extent(x.Shape, 0, axis), x.Shape[axis], SliceNode.Inner(x.Shape, axis), result);
        if (Recording.Needed(x))
            result.RecordedBy(new MaxNode(x, axis, shape, Winners(x, axis, shape.Count)));
        return result;
    }

    protected override SavedValue[] Save() => [];

    internal override void Backward(Tensor gradient, BackwardPass pass)
    {
        var share = Tensor.Zeros(Input(0).Shape, gradient.DataType);
        Put(gradient, share);
        pass.Add(Input(0), share);
    }

    private static int[] Winners(Tensor x, int axis, int count)
    {
        int inner = SliceNode.Inner(x.Shape, axis);
        int length = x.Shape[axis];
        var winners = new int[count];
        for (int i = 0; i < count; i++)
        {
            int start = (i / inner * length * inner) + (i % inner);
            double best = x.ElementAsDouble(start);
            for (int j = 1; j < length; j++)
            {
                double value = x.ElementAsDouble(start + (j * inner));
                if (value > best || (double.IsNaN(value) && !double.IsNaN(best)))
                    (best, winners[i]) = (value, j);
            }
        }

        return winners;
    }

    internal override Tensor? PushForward(TangentPass pass)
    {
        var tangents = pass.Of(Input(0))!;
        var result = Tensor.Uninitialized(shape.Prepend(pass.Count), tangents.DataType);
        if (tangents.DataType == DataType.Float32)
            Pick(tangents.ReadOnlyValues<float>(), result.WritableValues<float>());
        else
            Pick(tangents.ReadOnlyValues<double>(), result.WritableValues<double>());
        return result;
    }

    internal override void BackwardTangent(Tensor? gradient, Tensor? gradientTangent, TangentPass pass)
    {
        if (gradientTangent is null)
            return;
        var share = Tensor.Zeros(Input(0).Shape.Prepend(pass.Count), gradientTangent.DataType);
        Put(gradientTangent, share);
        pass.Add(Input(0), share);
    }

    private void Put(Tensor gradient, Tensor share)
    {
        if (share.DataType == DataType.Float32)
            Put(gradient.ReadOnlyValues<float>(), share.WritableValues<float>());
        else
            Put(gradient.ReadOnlyValues<double>(), share.WritableValues<double>());
    }

    /// <summary>Writes one number or more for each maximum to where it was attained.</summary>
    private void Put<T>(ReadOnlySpan<T> from, Span<T> to)
    {
        for (int i = 0; i < from.Length; i++)
            to[Place(i)] = from[i];
    }

    private void Pick<T>(ReadOnlySpan<T> from, Span<T> to)
    {
        for (int i = 0; i < to.Length; i++)
            to[i] = from[Place(i)];
    }

    /// <summary>Where a maximum was attained; past the last one, in the next of several tensors laid end to end.</summary>
    private int Place(int index)
    {
        int inner = SliceNode.Inner(Input(0).Shape, axis);
        return (((index / inner * Input(0).Shape[axis]) + winners[index % winners.Length]) * inner) + (index % inner);
    }
}
