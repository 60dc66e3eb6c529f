using Kappa.Tensors;
using Kappa.Tensors.Operations;

namespace Kappa.Networks;

/// <summary>Loss functions. Each gives a scalar, the mean over the batch.</summary>
public static partial class Loss
{
    private static readonly CrossEntropyOptions Plain = new();

    /// <summary>The mean over rows of -log softmax(logits)[label].</summary>
    /// <param name="logits"><c>[batch, classes]</c>.</param>
    /// <param name="labels">Int32 <c>[batch]</c>, each in 0..classes-1.</param>
    /// <exception cref="TensorShapeException">Shapes do not fit, or the batch is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A label is out of range; the message names its position.</exception>
    public static Tensor CrossEntropy(Tensor logits, Tensor labels) => CrossEntropy(logits, labels, Plain);

    /// <summary>Cross-entropy where rows may be ignored, labels smoothed and classes weighed: as PyTorch's <c>CrossEntropyLoss</c> with the mean.</summary>
    /// <param name="logits"><c>[batch, classes]</c>.</param>
    /// <param name="labels">Int32 <c>[batch]</c>, each in 0..classes-1 or the ignored one.</param>
    /// <param name="options">What is ignored, smoothed and weighed.</param>
    /// <exception cref="TensorShapeException">Shapes do not fit, the batch is empty, or there is not one weight for each class.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A label or an option is out of range; the message names it.</exception>
    /// <exception cref="ArgumentException">No row counts: all are ignored, or of classes that weigh nothing. PyTorch gives NaN.</exception>
    /// <remarks>
    /// With p = softmax(logits), s the smoothing, w the class weights and C the classes, over the rows i with label y_i that are not ignored:
    /// sum_i ((1 - s) w[y_i] (-log p_i[y_i]) + s / C sum_c w[c] (-log p_i[c])) / sum_i w[y_i].
    /// </remarks>
    public static Tensor CrossEntropy(Tensor logits, Tensor labels, CrossEntropyOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return CrossEntropyNode.Apply(logits, labels, options.IgnoreIndex, options.LabelSmoothing, options.ClassWeights);
    }

    /// <summary>The mean over all elements of (prediction - target)^2.</summary>
    /// <param name="prediction">Any shape, not empty.</param>
    /// <param name="target">The same shape.</param>
    /// <exception cref="TensorShapeException">Shapes differ, or are empty.</exception>
    public static Tensor MeanSquaredError(Tensor prediction, Tensor target) => MeanSquaredErrorNode.Apply(prediction, target);
}
