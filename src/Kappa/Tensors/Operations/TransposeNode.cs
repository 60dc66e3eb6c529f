using Kappa.Tensors.Differentiation;

namespace Kappa.Tensors.Operations;

/// <summary>The last two axes exchanged, as a copy.</summary>
internal sealed class TransposeNode(Tensor x) : GraphNode(x)
{
    internal override string Name => "Transpose";

    internal static Tensor Apply(Tensor x)
    {
        if (x.Rank < 2)
            throw new TensorShapeException($"Transpose: expected 2 axes or more; got {x.Shape}");
        int rows = x.Shape[-2];
        int columns = x.Shape[-1];
        var result = x.New(x.Shape.With(x.Rank - 2, columns).With(x.Rank - 1, rows));
        result.Backend.Transpose(x, x.Count == 0 ? 0 : x.Count / (rows * columns), rows, columns, result);
        if (Recording.Needed(x))
            result.RecordedBy(new TransposeNode(x));
        return result;
    }

    protected override SavedValue[] Save() => [];

    internal override void Backward(Tensor gradient, BackwardPass pass) => pass.Add(Input(0), Apply(gradient));

    internal override Tensor? PushForward(TangentPass pass) => Apply(pass.Of(Input(0))!);

    internal override void BackwardTangent(Tensor? gradient, Tensor? gradientTangent, TangentPass pass)
    {
        if (gradientTangent is not null)
            pass.Add(Input(0), Apply(gradientTangent));
    }
}
