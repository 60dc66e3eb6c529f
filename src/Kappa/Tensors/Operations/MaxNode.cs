using Kappa.Tensors.Differentiation;
using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Operations;

/// <summary>The largest element along one axis. The gradient goes to the first element that attains it.</summary>
internal sealed class MaxNode(Tensor x, int axis, Shape shape, Tensor winners) : GraphNode(x)
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
        var result = x.New(shape);
        result.Backend.Max(x, ReductionNode.Extent(x.Shape, 0, axis), x.Shape[axis], SliceNode.Inner(x.Shape, axis), result);
        if (Recording.Needed(x))
            result.RecordedBy(new MaxNode(x, axis, shape, Winners(x, axis, shape)));
        return result;
    }

    protected override SavedValue[] Save() => [];

    internal override void Backward(Tensor gradient, BackwardPass pass)
    {
        var share = gradient.New(Input(0).Shape);
        share.Backend.SelectDerivative(gradient, winners, 1, repeats: false, share, accumulate: false);
        pass.Add(Input(0), share);
    }

    /// <summary>Where each maximum is attained first, as a flat index.</summary>
    private static Tensor Winners(Tensor x, int axis, Shape shape)
    {
        int inner = SliceNode.Inner(x.Shape, axis);
        int length = x.Shape[axis];
        var host = x.OnHost();
        var winners = x.New(shape, DataType.Int32);
        using var edit = HostEdit.Over(winners);
        var places = edit.Values<int>();
        for (int i = 0; i < places.Length; i++)
        {
            int start = (i / inner * length * inner) + (i % inner);
            double best = host.ElementAsDouble(start);
            places[i] = start;
            for (int j = 1; j < length; j++)
            {
                double value = host.ElementAsDouble(start + (j * inner));
                if (value > best || (double.IsNaN(value) && !double.IsNaN(best)))
                    (best, places[i]) = (value, start + (j * inner));
            }
        }

        return winners;
    }

    internal override Tensor? PushForward(TangentPass pass)
    {
        var tangents = pass.Of(Input(0))!;
        var result = tangents.New(shape.Prepend(pass.Count));
        for (int i = 0; i < pass.Count; i++)
        {
            using var from = tangents.Entry(i);
            using var to = result.Entry(i);
            to.Backend.Select(from, winners, to);
        }

        return result;
    }

    internal override void BackwardTangent(Tensor? gradient, Tensor? gradientTangent, TangentPass pass)
    {
        if (gradientTangent is null)
            return;
        var share = pass.New(Input(0));
        for (int i = 0; i < pass.Count; i++)
        {
            using var from = gradientTangent.Entry(i);
            using var to = share.Entry(i);
            to.Backend.SelectDerivative(from, winners, 1, repeats: false, to, accumulate: false);
        }

        pass.Add(Input(0), share);
    }
}
