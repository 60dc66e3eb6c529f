using Kappa.Tensors.Differentiation;

namespace Kappa.Tensors.Operations;

/// <summary>The sums of the elements along one axis up to each of them; backwards, from each of them on.</summary>
internal sealed class CumsumNode(Tensor x, int axis) : GraphNode(x)
{
    internal override string Name => "Cumsum";

    internal int Axis => axis;

    internal static Tensor Apply(Tensor x, int axis)
    {
        Operands.RequireFloating(x, "Cumsum");
        axis = x.Shape.NormalizeAxis(axis, "Cumsum");
        var result = Sums(x, axis, reverse: false);
        if (Recording.Needed(x))
            result.RecordedBy(new CumsumNode(x, axis));
        return result;
    }

    protected override SavedValue[] Save() => [];

    internal override void Backward(Tensor gradient, BackwardPass pass) => pass.Add(Input(0), Sums(gradient, axis, reverse: true));

    internal override Tensor? PushForward(TangentPass pass) => Sums(pass.Of(Input(0))!, axis + 1, reverse: false);

    internal override void BackwardTangent(Tensor? gradient, Tensor? gradientTangent, TangentPass pass)
    {
        if (gradientTangent is not null)
            pass.Add(Input(0), Sums(gradientTangent, axis + 1, reverse: true));
    }

    private static Tensor Sums(Tensor x, int axis, bool reverse)
    {
        var result = x.New(x.Shape);
        if (x.Count > 0)
        {
            result.Backend.CumulativeSum(
                x, ReductionNode.Extent(x.Shape, 0, axis), x.Shape[axis], SliceNode.Inner(x.Shape, axis), reverse, result);
        }

        return result;
    }
}
