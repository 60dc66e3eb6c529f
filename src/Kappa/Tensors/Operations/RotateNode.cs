using Kappa.Tensors.Differentiation;

namespace Kappa.Tensors.Operations;

/// <summary>Pairs of features turned by an angle that depends on the position: x <c>[batch, positions, heads, width]</c>. Orthogonal, so the gradient is turned
/// back.</summary>
internal sealed class RotateNode(Tensor x, Tensor cosines, Tensor sines) : GraphNode(x)
{
    internal override string Name => "Rotate";

    internal Tensor Cosines => cosines;

    internal Tensor Sines => sines;

    internal static Tensor Apply(Tensor x, Tensor cosines, Tensor sines)
    {
        ArgumentNullException.ThrowIfNull(cosines);
        ArgumentNullException.ThrowIfNull(sines);
        Operands.RequireSameFloating(x, cosines, "Rotate");
        Operands.RequireSameFloating(x, sines, "Rotate");
        if (x.Rank != 4 || x.Shape[3] % 2 != 0)
            throw new TensorShapeException($"Rotate: expected [batch, positions, heads, width] with an even width; got {x.Shape}");
        if (cosines.Rank != 2 || cosines.Shape != sines.Shape || cosines.Shape[1] != x.Shape[3] / 2 || cosines.Shape[0] < x.Shape[1])
        {
            throw new TensorShapeException(
                $"Rotate: expected two tables [{x.Shape[1]} positions or more, {x.Shape[3] / 2}] for {x.Shape}; got {cosines.Shape} and {sines.Shape}");
        }

        var result = x.New(x.Shape);
        Turn(x, cosines, sines, inverse: false, result);
        if (Recording.Needed(x))
            result.RecordedBy(new RotateNode(x, cosines, sines));
        return result;
    }

    protected override SavedValue[] Save() => [new(cosines), new(sines)];

    internal override void Backward(Tensor gradient, BackwardPass pass) => pass.Add(Input(0), Turned(gradient, inverse: true));

    internal override Tensor? PushForward(TangentPass pass) => Turned(pass.Of(Input(0))!, inverse: false);

    internal override void BackwardTangent(Tensor? gradient, Tensor? gradientTangent, TangentPass pass)
    {
        if (gradientTangent is not null)
            pass.Add(Input(0), Turned(gradientTangent, inverse: true));
    }

    private static void Turn(Tensor x, Tensor cosines, Tensor sines, bool inverse, Tensor result) =>
        result.Backend.Rotate(x, cosines, sines, x.Shape[-3], x.Shape[-2], x.Shape[-1], inverse, result);

    private Tensor Turned(Tensor values, bool inverse)
    {
        var result = values.New(values.Shape);
        Turn(values, cosines, sines, inverse, result);
        return result;
    }
}
