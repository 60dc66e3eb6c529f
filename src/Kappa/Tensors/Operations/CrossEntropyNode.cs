using Kappa.Tensors.Differentiation;
using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Operations;

/// <summary>The mean over rows of log(sum(exp(logits))) - logits[label]. Probabilities are formed only in the gradient.</summary>
internal sealed class CrossEntropyNode(Tensor logits, Tensor labels, Tensor logSum) : GraphNode(logits)
{
    internal override string Name => "CrossEntropy";

    internal static Tensor Apply(Tensor logits, Tensor labels)
    {
        Operands.RequireFloating(logits, "CrossEntropy");
        ArgumentNullException.ThrowIfNull(labels);
        Operands.RequireMatrix(logits, "CrossEntropy", "logits");
        if (logits.Count == 0 || labels.Rank != 1 || labels.Shape[0] != logits.Shape[0])
            throw new TensorShapeException($"CrossEntropy: expected logits [n, classes] and labels [n] with n >= 1; got {logits.Shape} and {labels.Shape}");
        Operands.RequireIndices(labels, logits.Shape[1], "CrossEntropy", "labels");
        int rows = logits.Shape[0];
        var logSum = Tensor.Uninitialized([rows], logits.DataType);
        using var losses = Tensor.Uninitialized([rows], logits.DataType);
        Backend.Current.CrossEntropy(logits, labels, logSum, losses);
        var loss = Tensor.Uninitialized([], logits.DataType);
        Backend.Current.Reduce(ReductionKernel.Sum, losses, 1, rows, 1, loss, accumulate: false);
        Backend.Current.Divide(loss, rows, loss);
        if (Recording.Needed(logits))
            loss.RecordedBy(new CrossEntropyNode(logits, labels, logSum));
        return loss;
    }

    internal override void Backward(Tensor gradient, BackwardPass pass)
    {
        var logits = Input(0);
        var share = Tensor.Uninitialized(logits.Shape, logits.DataType);
        Backend.Current.CrossEntropyDerivative(logits, labels, logSum, gradient.ElementAsDouble(0) / logits.Shape[0], share);
        pass.Add(logits, share);
    }

    internal override Tensor? PushForward(TangentPass pass)
    {
        var tangents = pass.Of(Input(0))!;
        var result = Tensor.Uninitialized([pass.Count], tangents.DataType);
        Backend.Current.CrossEntropyTangent(Input(0), labels, logSum, tangents, 1.0 / labels.Count, result);
        return result;
    }

    internal override void BackwardTangent(Tensor? gradient, Tensor? gradientTangent, TangentPass pass)
    {
        var logits = Input(0);
        var tangents = pass.Of(logits);
        if (gradientTangent is null && tangents is null)
            return;
        var share = pass.New(logits);
        double scale = gradient is null ? 0 : gradient.ElementAsDouble(0) / labels.Count;
        Backend.Current.CrossEntropyDerivativeTangent(logits, labels, logSum, tangents, scale, gradientTangent, share);
        pass.Add(logits, share);
    }
}
