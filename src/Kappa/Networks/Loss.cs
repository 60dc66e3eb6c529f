using Kappa.Tensors;
using Kappa.Tensors.Operations;

namespace Kappa.Networks;

/// <summary>Loss functions. Each gives a scalar, the mean over the batch.</summary>
public static class Loss
{
    /// <summary>The mean over rows of -log softmax(logits)[label].</summary>
    /// <param name="logits"><c>[batch, classes]</c>.</param>
    /// <param name="labels">Int32 <c>[batch]</c>, each in 0..classes-1.</param>
    /// <exception cref="TensorShapeException">Shapes do not fit, or the batch is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A label is out of range; the message names its position.</exception>
    public static Tensor CrossEntropy(Tensor logits, Tensor labels) => CrossEntropyNode.Apply(logits, labels);

    /// <summary>The mean over all elements of (prediction - target)^2.</summary>
    /// <param name="prediction">Any shape, not empty.</param>
    /// <param name="target">The same shape.</param>
    /// <exception cref="TensorShapeException">Shapes differ, or are empty.</exception>
    public static Tensor MeanSquaredError(Tensor prediction, Tensor target) => MeanSquaredErrorNode.Apply(prediction, target);
}
