using Kappa.Tensors.Differentiation;

namespace Kappa.Tensors.Operations;

/// <summary>The same numbers in another floating type. Gradients go back in the type of the input.</summary>
internal sealed class CastNode(Tensor x, DataType type) : GraphNode(x)
{
    internal override string Name => "Cast";

    internal static Tensor Apply(Tensor x, DataType type)
    {
        Operands.RequireFloating(x, "Cast");
        if (!type.IsFloating())
            throw new TensorShapeException($"Cast: expected to cast to Float32 or Float64; got {type}. Convert with To(...), which is not differentiated");
        if (x.DataType == type)
            return x;
        var result = x.To(type);
        if (Recording.Needed(x))
            result.RecordedBy(new CastNode(x, type));
        return result;
    }

    protected override SavedValue[] Save() => [];

    internal override void Backward(Tensor gradient, BackwardPass pass) => pass.Add(Input(0), gradient.To(Input(0).DataType));

    internal override Tensor? PushForward(TangentPass pass) => pass.Of(Input(0))!.To(type);

    internal override void BackwardTangent(Tensor? gradient, Tensor? gradientTangent, TangentPass pass)
    {
        if (gradientTangent is not null)
            pass.Add(Input(0), gradientTangent.To(Input(0).DataType));
    }
}
