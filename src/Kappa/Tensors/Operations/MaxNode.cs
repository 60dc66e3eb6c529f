using Kappa.Tensors.Differentiation;
using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Operations;

/// <summary>The largest element along one axis. The gradient goes to the first element that attains it.</summary>
internal sealed class MaxNode(Tensor x, int axis, int[] winners) : GraphNode(x)
{
    internal override string Name => "Max";

    internal static Tensor Apply(Tensor x, int axis, bool keepAxis)
    {
        Operands.RequireFloating(x, "Max");
        axis = x.Shape.NormalizeAxis(axis, "Max");
        if (x.Shape[axis] == 0)
            throw new TensorShapeException($"Max: axis {axis} of {x.Shape} is empty");
        var shape = keepAxis ? x.Shape.With(axis, 1) : x.Shape.Without(axis);
        var result = Tensor.Uninitialized(shape, x.DataType);
        Backend.Current.Reduce(ReductionKernel.Max, x, ReductionNode.Extent(x.Shape, 0, axis), x.Shape[axis], SliceNode.Inner(x.Shape, axis), result, accumulate: false);
        if (Recording.Needed(x))
            result.RecordedBy(new MaxNode(x, axis, Winners(x, axis, shape.Count)));
        return result;
    }

    internal override void Backward(Tensor gradient, BackwardPass pass)
    {
        var x = Input(0);
        int inner = SliceNode.Inner(x.Shape, axis);
        int length = x.Shape[axis];
        var share = Tensor.Zeros(x.Shape, x.DataType);
        for (int i = 0; i < winners.Length; i++)
        {
            int index = (((i / inner * length) + winners[i]) * inner) + (i % inner);
            if (x.DataType == DataType.Float32)
                share.Values<float>()[index] = gradient.Values<float>()[i];
            else
                share.Values<double>()[index] = gradient.Values<double>()[i];
        }

        pass.Add(x, share);
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
}
