using Kappa.Tensors.Differentiation;

namespace Kappa.Tensors.Operations;

/// <summary>The same elements under another shape.</summary>
internal sealed class ReshapeNode(Tensor x, Shape shape) : GraphNode(x)
{
    internal override string Name => "Reshape";

    internal Shape Shape => shape;

    internal static Tensor Apply(Tensor x, Shape shape)
    {
        if (shape.Count != x.Count)
            throw new TensorShapeException($"Reshape: {x.Shape} has {x.Count} elements; {shape} has {shape.Count}");
        var result = x.Alias(shape);
        if (Recording.Needed(x))
            result.RecordedBy(new ReshapeNode(x, shape));
        return result;
    }

    protected override SavedValue[] Save() => [];

    internal override void Backward(Tensor gradient, BackwardPass pass) => pass.AddShared(Input(0), gradient);

    internal override Tensor? PushForward(TangentPass pass) => pass.Of(Input(0))!.Alias(shape.Prepend(pass.Count));

    internal override void BackwardTangent(Tensor? gradient, Tensor? gradientTangent, TangentPass pass)
    {
        if (gradientTangent is not null)
            pass.AddShared(Input(0), gradientTangent);
    }
}
