using Kappa.Tensors.Differentiation;
using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Operations;

/// <summary>scale * x + offset with constant scale and offset.</summary>
internal sealed class AffineNode(Tensor x, double scale, double offset) : GraphNode(x)
{
    internal override string Name => "Affine";

    internal double Scale => scale;

    internal double Offset => offset;

    internal static Tensor Apply(Tensor x, double scale, double offset)
    {
        Operands.RequireFloating(x, "Affine");
        var result = Tensor.Uninitialized(x.Shape, x.DataType);
        Backend.Current.Affine(x, scale, offset, result);
        if (Recording.Needed(x))
            result.RecordedBy(new AffineNode(x, scale, offset));
        return result;
    }

    protected override SavedValue[] Save() => [];

    internal override void Backward(Tensor gradient, BackwardPass pass) => pass.Add(Input(0), Apply(gradient, scale, 0));

    internal override Tensor? PushForward(TangentPass pass) => Apply(pass.Of(Input(0))!, scale, 0);

    internal override void BackwardTangent(Tensor? gradient, Tensor? gradientTangent, TangentPass pass)
    {
        if (gradientTangent is not null)
            pass.Add(Input(0), Apply(gradientTangent, scale, 0));
    }
}
