using Kappa.Tensors.Differentiation;

namespace Kappa.Tensors.Operations;

/// <summary>Softmax over the last axis, or its logarithm.</summary>
internal sealed class SoftmaxNode(Tensor x, Tensor y, bool logarithm) : GraphNode(x)
{
    internal bool IsLogarithm => logarithm;

    internal override string Name => logarithm ? "LogSoftmax" : "Softmax";

    internal static Tensor Apply(Tensor x, bool logarithm)
    {
        string name = logarithm ? "LogSoftmax" : "Softmax";
        Operands.RequireFloating(x, name);
        int length = x.Shape[x.Shape.NormalizeAxis(-1, name)];
        if (length == 0)
            throw new TensorShapeException($"{name}: the last axis of {x.Shape} is empty");
        var y = x.New(x.Shape);
        y.Backend.Softmax(logarithm, x, x.Count / length, length, y);
        if (Recording.Needed(x))
            y.RecordedBy(new SoftmaxNode(x, y, logarithm));
        return y;
    }

    protected override SavedValue[] Save() => [new(y)];

    internal override void Backward(Tensor gradient, BackwardPass pass)
    {
        int length = y.Shape[-1];
        var share = y.New(y.Shape);
        share.Backend.SoftmaxDerivative(logarithm, y, gradient, y.Count / length, length, share);
        pass.Add(Input(0), share);
    }

    internal override Tensor? PushForward(TangentPass pass)
    {
        // The Jacobian of softmax is symmetric; that of its logarithm, I - 1 p^T, is the transpose of what goes backwards.
        var tangents = pass.Of(Input(0))!;
        var result = pass.New(y);
        for (int i = 0; i < pass.Count; i++)
        {
            using var from = tangents.Entry(i);
            using var to = result.Entry(i);
            if (logarithm)
                to.Backend.LogSoftmaxTangent(y, from, y.Count / y.Shape[-1], y.Shape[-1], to);
            else
                to.Backend.SoftmaxDerivative(false, y, from, y.Count / y.Shape[-1], y.Shape[-1], to);
        }

        return result;
    }

    internal override void BackwardTangent(Tensor? gradient, Tensor? gradientTangent, TangentPass pass)
    {
        var tangents = pass.OfOutput(this);
        if (gradientTangent is null && tangents is null)
            return;
        int length = y.Shape[-1];
        var share = pass.New(y);
        for (int i = 0; i < pass.Count; i++)
        {
            using var to = share.Entry(i);
            using var outputTangent = tangents?.Entry(i);
            using var from = gradientTangent?.Entry(i);
            to.Backend.SoftmaxDerivativeTangent(logarithm, y, outputTangent, gradient, from, y.Count / length, length, to);
        }

        pass.Add(Input(0), share);
    }
}
