using Kappa.Tensors.Differentiation;

namespace Kappa.Tensors.Operations;

/// <summary>A range of one axis, as a copy.</summary>
internal sealed class SliceNode(Tensor x, int axis, int start, int length) : GraphNode(x)
{
    internal override string Name => "Slice";

    internal int Axis => axis;

    internal int Start => start;

    internal int Length => length;

    internal static Tensor Apply(Tensor x, int axis, int start, int length)
    {
        axis = x.Shape.NormalizeAxis(axis, "Slice");
        if (start < 0 || length < 0 || start > x.Shape[axis] - length)
            throw new TensorShapeException($"Slice: {length} elements from {start} leave axis {axis} of {x.Shape}, which has length {x.Shape[axis]}");
        int inner = Inner(x.Shape, axis);
        var result = x.New(x.Shape.With(axis, length));
        int run = length * inner;
        result.Backend.CopyBlock(x, start * inner, x.Shape[axis] * inner, result, 0, run, run == 0 ? 0 : result.Count / run, run);
        if (Recording.Needed(x))
            result.RecordedBy(new SliceNode(x, axis, start, length));
        return result;
    }

    internal static int Inner(Shape shape, int axis)
    {
        int inner = 1;
        for (int i = axis + 1; i < shape.Rank; i++)
            inner *= shape[i];
        return inner;
    }

    protected override SavedValue[] Save() => [];

    internal override void Backward(Tensor gradient, BackwardPass pass) => pass.Add(Input(0), Embed(gradient, Input(0).Shape, axis));

    internal override Tensor? PushForward(TangentPass pass) => Apply(pass.Of(Input(0))!, axis + 1, start, length);

    internal override void BackwardTangent(Tensor? gradient, Tensor? gradientTangent, TangentPass pass)
    {
        if (gradientTangent is not null)
            pass.Add(Input(0), Embed(gradientTangent, Input(0).Shape.Prepend(pass.Count), axis + 1));
    }

    /// <summary>Puts a range back into a tensor of zeros.</summary>
    private Tensor Embed(Tensor range, Shape shape, int along)
    {
        var result = range.NewZeros(shape);
        int inner = Inner(shape, along);
        int run = length * inner;
        result.Backend.CopyBlock(range, 0, run, result, start * inner, shape[along] * inner, run == 0 ? 0 : range.Count / run, run);
        return result;
    }
}
