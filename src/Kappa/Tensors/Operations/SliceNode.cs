using Kappa.Tensors.Differentiation;
using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Operations;

/// <summary>A range of one axis, as a copy.</summary>
internal sealed class SliceNode(Tensor x, int axis, int start) : GraphNode(x)
{
    internal override string Name => "Slice";

    internal static Tensor Apply(Tensor x, int axis, int start, int length)
    {
        axis = x.Shape.NormalizeAxis(axis, "Slice");
        if (start < 0 || length < 0 || start > x.Shape[axis] - length)
            throw new TensorShapeException($"Slice: {length} elements from {start} leave axis {axis} of {x.Shape}, which has length {x.Shape[axis]}");
        int inner = Inner(x.Shape, axis);
        var result = Tensor.Uninitialized(x.Shape.With(axis, length), x.DataType);
        int run = length * inner;
        Backend.Current.CopyBlock(x, start * inner, x.Shape[axis] * inner, result, 0, run, run == 0 ? 0 : result.Count / run, run);
        if (Recording.Needed(x))
            result.RecordedBy(new SliceNode(x, axis, start));
        return result;
    }

    internal static int Inner(Shape shape, int axis)
    {
        int inner = 1;
        for (int i = axis + 1; i < shape.Rank; i++)
            inner *= shape[i];
        return inner;
    }

    internal override void Backward(Tensor gradient, BackwardPass pass)
    {
        var x = Input(0);
        var share = Tensor.Zeros(x.Shape, x.DataType);
        int inner = Inner(x.Shape, axis);
        int run = gradient.Shape[axis] * inner;
        Backend.Current.CopyBlock(gradient, 0, run, share, start * inner, x.Shape[axis] * inner, run == 0 ? 0 : gradient.Count / run, run);
        pass.Add(x, share);
    }
}
