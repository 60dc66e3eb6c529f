using Kappa.Tensors.Differentiation;

namespace Kappa.Tensors.Operations;

/// <summary>Rows of the last axis divided by their root mean square, or by their standard deviation once centred.</summary>
internal sealed class NormalizeNode(Tensor x, bool center, double epsilon, Tensor statistics) : GraphNode(x)
{
    internal override string Name => NameOf(center);

    internal bool IsCentred => center;

    internal double Epsilon => epsilon;

    internal static Tensor Apply(Tensor x, bool center, double epsilon)
    {
        Operands.RequireFloating(x, NameOf(center));
        int length = x.Shape[x.Shape.NormalizeAxis(-1, NameOf(center))];
        if (length == 0)
            throw new TensorShapeException($"{NameOf(center)}: the last axis of {x.Shape} is empty");
        _ = Operands.RequireEpsilon(epsilon, x.DataType, NameOf(center));
        var y = x.New(x.Shape);
        var statistics = x.New([x.Count / length, 2], DataType.Float64);
        y.Backend.Normalize(x, center, epsilon, length, y, statistics);
        if (Recording.Needed(x))
            y.RecordedBy(new NormalizeNode(x, center, epsilon, statistics));
        else
            statistics.Dispose();
        return y;
    }

    protected override SavedValue[] Save() => [new(Input(0))];

    internal override void Backward(Tensor gradient, BackwardPass pass)
    {
        if (!pass.Needs(Input(0)))
            return;
        var destination = pass.Destination(Input(0), out bool accumulate);
        destination.Backend.NormalizeDerivative(center, epsilon, Input(0), statistics, gradient, Input(0).Shape[-1], destination, accumulate);
    }

    internal override Tensor? PushForward(TangentPass pass)
    {
        var result = pass.New(Input(0));
        EachDerivative(pass.Of(Input(0))!, result, accumulate: false, pass);
        return result;
    }

    internal override void BackwardTangent(Tensor? gradient, Tensor? gradientTangent, TangentPass pass)
    {
        var tangents = pass.Of(Input(0));
        if (!pass.Needs(Input(0)) || (gradientTangent is null && tangents is null))
            return;
        var destination = pass.Destination(Input(0), out bool accumulate);
        if (gradientTangent is not null)
            EachDerivative(gradientTangent, destination, accumulate, pass);
        else if (!accumulate)
            destination.Clear();
        for (int i = 0; tangents is not null && i < pass.Count; i++)
        {
            using var tangent = tangents.Entry(i);
            using var to = destination.Entry(i);
            to.Backend.NormalizeCurvature(center, epsilon, Input(0), statistics, tangent, gradient!, Input(0).Shape[-1], to);
        }
    }

    private static string NameOf(bool center) => center ? "LayerNorm" : "RmsNorm";

    private void EachDerivative(Tensor tangents, Tensor result, bool accumulate, TangentPass pass)
    {
        for (int i = 0; i < pass.Count; i++)
        {
            using var from = tangents.Entry(i);
            using var to = result.Entry(i);
            to.Backend.NormalizeDerivative(center, epsilon, Input(0), statistics, from, Input(0).Shape[-1], to, accumulate);
        }
    }
}
