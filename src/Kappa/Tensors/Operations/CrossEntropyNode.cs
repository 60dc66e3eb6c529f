using Kappa.Tensors.Differentiation;
using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Operations;

/// <summary>The weighted mean over rows of -log softmax(logits) at the label, or against smoothed labels. Probabilities are formed only in the
/// gradient.</summary>
internal sealed class CrossEntropyNode(Tensor logits, CrossEntropyTargets targets) : GraphNode(logits)
{
    internal override string Name => "CrossEntropy";

    internal static Tensor Apply(Tensor logits, Tensor labels, int? ignoreIndex, double labelSmoothing, IReadOnlyList<double>? classWeights)
    {
        var targets = Check(logits, labels, ignoreIndex, labelSmoothing, classWeights);
        var loss = Tensor.Scalar(logits.Backend.CrossEntropy(targets, logits) / targets.Weight, logits.DataType, logits.Device);
        if (Recording.Needed(logits))
            loss.RecordedBy(new CrossEntropyNode(logits, targets));
        return loss;
    }

    protected override SavedValue[] Save() => [new(Input(0)), new(targets.Labels)];

    internal override void Backward(Tensor gradient, BackwardPass pass)
    {
        var share = Input(0).New(Input(0).Shape);
        share.Backend.CrossEntropyDerivative(targets, Input(0), gradient.ElementAsDouble(0) / targets.Weight, share);
        pass.Add(Input(0), share);
    }

    internal override Tensor? PushForward(TangentPass pass)
    {
        var tangents = pass.Of(Input(0))!;
        var result = tangents.New([pass.Count]);
        result.Backend.CrossEntropyTangent(targets, Input(0), tangents, 1 / targets.Weight, result);
        return result;
    }

    internal override void BackwardTangent(Tensor? gradient, Tensor? gradientTangent, TangentPass pass)
    {
        var logits = Input(0);
        var tangents = pass.Of(logits);
        if (gradientTangent is null && tangents is null)
            return;
        var share = pass.New(logits);
        double scale = gradient is null ? 0 : gradient.ElementAsDouble(0) / targets.Weight;
        share.Backend.CrossEntropyDerivativeTangent(targets, logits, tangents, scale, gradientTangent, share);
        pass.Add(logits, share);
    }

    private static CrossEntropyTargets Check(Tensor logits, Tensor labels, int? ignoreIndex, double labelSmoothing, IReadOnlyList<double>? classWeights)
    {
        Operands.RequireFloating(logits, "CrossEntropy");
        ArgumentNullException.ThrowIfNull(labels);
        Operands.RequireMatrix(logits, "CrossEntropy", "logits");
        if (logits.Count == 0 || labels.Rank != 1 || labels.Shape[0] != logits.Shape[0])
            throw new TensorShapeException($"CrossEntropy: expected logits [n, classes] and labels [n] with n >= 1; got {logits.Shape} and {labels.Shape}");
        int classes = logits.Shape[1];
        Operands.RequireIndices(labels, classes, "CrossEntropy", "labels", ignoreIndex);
        if (classWeights is not null && classWeights.Count != classes)
        {
            throw new TensorShapeException(
                $"CrossEntropy: expected a weight for each of {classes} classes of the logits {logits.Shape}; ClassWeights has {classWeights.Count}");
        }

        var targets = new CrossEntropyTargets(labels, classes, ignoreIndex, labelSmoothing, classWeights is null ? null : [.. classWeights]);
        if (targets.Weight > 0)
            return targets;
        string reason = classWeights is null ? $"every label is {ignoreIndex}, the IgnoreIndex" : "every row is ignored or of a class that weighs nothing";
        throw new ArgumentException($"CrossEntropy: a mean takes one row that counts; {reason}. Leave this batch out", nameof(labels));
    }
}
