using Kappa.Tensors.Differentiation;

namespace Kappa.Tensors.Operations;

/// <summary>A tensor repeated along axes of length 1, or missing ones, as a copy.</summary>
internal sealed class ExpandNode(Tensor x, Shape shape) : GraphNode(x)
{
    internal override string Name => "Expand";

    internal Shape Shape => shape;

    internal static Tensor Apply(Tensor x, Shape shape)
    {
        if (x.Rank > shape.Rank || Broadcasting.Combine(x.Shape, shape, "Expand") != shape)
            throw new TensorShapeException($"Expand: {x.Shape} does not repeat to {shape}. Its axes, counted from the last, must be the same or 1");
        var result = Copy(x, shape);
        if (Recording.Needed(x))
            result.RecordedBy(new ExpandNode(x, shape));
        return result;
    }

    /// <summary>The tensor itself where it has the shape already, and a copy where not. Not recorded.</summary>
    internal static Tensor Constant(Tensor x, Shape shape) => x.Shape == shape ? x.Alias(shape) : Copy(x, shape);

    protected override SavedValue[] Save() => [];

    internal override void Backward(Tensor gradient, BackwardPass pass)
    {
        if (pass.Needs(Input(0)))
            pass.Add(Input(0), ReductionNode.SumTo(gradient, Input(0).Shape));
    }

    internal override Tensor? PushForward(TangentPass pass)
    {
        using var padded = pass.Of(Input(0))!.Alias(Padded(pass));
        return Copy(padded, shape.Prepend(pass.Count));
    }

    internal override void BackwardTangent(Tensor? gradient, Tensor? gradientTangent, TangentPass pass)
    {
        if (gradientTangent is null || !pass.Needs(Input(0)))
            return;
        using var sum = ReductionNode.SumTo(gradientTangent, Padded(pass));
        pass.AddShared(Input(0), sum);
    }

    private static Tensor Copy(Tensor x, Shape shape)
    {
        Span<int> strides = stackalloc int[shape.Rank];
        for (int axis = shape.Rank - x.Rank, own = 0; axis < shape.Rank; axis++, own++)
            strides[axis] = x.Shape[own] == 1 ? 0 : SliceNode.Inner(x.Shape, own);
        var result = x.New(shape);
        result.Backend.CopyStrided(x, strides, result);
        return result;
    }

    /// <summary>The shape of the tangents with missing axes written out.</summary>
    private Shape Padded(TangentPass pass) => new([pass.Count, .. Enumerable.Repeat(1, shape.Rank - Input(0).Rank), .. Input(0).Shape.ToArray()]);
}
