namespace Kappa.Tensors;

/// <summary>That an observer listens to a weight; ends when disposed.</summary>
public sealed class WeightObservation : IDisposable
{
    private readonly IWeightObserver _observer;

    internal WeightObservation(Tensor weight, IWeightObserver observer)
    {
        (Weight, _observer) = (weight, observer);
        weight.AddObserver(observer);
    }

    /// <summary>The weight.</summary>
    public Tensor Weight { get; }

    /// <summary>The memory of the weight's gradient, for <see cref="IWeightObserver.CompleteGradient"/> to write to.</summary>
    /// <param name="holdsShare">Whether it holds what operations have added up: the uses that the observer did not take over. Otherwise its values mean
    /// nothing, and all of them are to be written.</param>
    /// <returns>The gradient, of the weight's shape. From here on the weight has one.</returns>
    /// <exception cref="InvalidOperationException">The observer said that it does not change the gradient.</exception>
    public Tensor GradientToWrite(out bool holdsShare) => _observer.ChangesGradient
        ? Weight.GradientDestination(out holdsShare)
        : throw new InvalidOperationException(
            $"the observer of {Weight.Name ?? "a weight"} {Weight.Shape} writes its gradient, and says in ChangesGradient that it does not");

    /// <summary>Stops listening.</summary>
    public void Dispose() => Weight.RemoveObserver(_observer);
}
