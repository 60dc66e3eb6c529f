namespace Kappa.Tensors.Operations;

/// <summary>Tells a weight's observer of one use of it, <c>y = x W^T</c>.</summary>
internal static class WeightUse
{
    /// <summary>Whether the observer takes over the gradient of this use, so that the operation must not form it.</summary>
    internal static bool IsTakenOver(Tensor weight, Tensor input, Tensor outputGradient)
    {
        if (weight.Observer is not { } observer)
            return false;
        bool takenOver = observer.Observe(weight, input, outputGradient);
        weight.MarkGradientIncomplete();
        return takenOver;
    }
}
