using Kappa.Tensors.Differentiation;

namespace Kappa.Tensors.Operations;

/// <summary>scale * x + offset, or x / divisor, with constants. A quotient is no product with a rounded reciprocal: seven sevenths are one.</summary>
internal sealed class AffineNode(Tensor x, double scale, double offset, double divisor) : GraphNode(x)
{
    internal override string Name => "Affine";

    /// <summary>What x is multiplied by.</summary>
    internal double Scale => scale / divisor;

    internal double Offset => offset;

    internal double Divisor => divisor;

    internal static Tensor Apply(Tensor x, double scale, double offset)
    {
        Operands.RequireFloating(x, "Affine");
        var result = x.New(x.Shape);
        result.Backend.Affine(x, scale, offset, result);
        if (Recording.Needed(x))
            result.RecordedBy(new AffineNode(x, scale, offset, divisor: 1));
        return result;
    }

    internal static Tensor Divide(Tensor x, double divisor)
    {
        Operands.RequireFloating(x, "Affine");
        var result = x.New(x.Shape);
        result.Backend.Divide(x, divisor, result);
        if (Recording.Needed(x))
            result.RecordedBy(new AffineNode(x, scale: 1, offset: 0, divisor));
        return result;
    }

    protected override SavedValue[] Save() => [];

    internal override void Backward(Tensor gradient, BackwardPass pass) => pass.Add(Input(0), Times(gradient));

    internal override Tensor? PushForward(TangentPass pass) => Times(pass.Of(Input(0))!);

    internal override void BackwardTangent(Tensor? gradient, Tensor? gradientTangent, TangentPass pass)
    {
        if (gradientTangent is not null)
            pass.Add(Input(0), Times(gradientTangent));
    }

    private Tensor Times(Tensor tangent) => divisor == 1 ? Apply(tangent, scale, 0) : Divide(tangent, divisor);
}
