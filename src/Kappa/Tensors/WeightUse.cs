namespace Kappa.Tensors;

/// <summary>One use of a weight, as an <see cref="IWeightObserver"/> sees it.</summary>
public abstract class WeightUse
{
    private protected WeightUse(Tensor weight) => Weight = weight;

    /// <summary>The weight.</summary>
    public Tensor Weight { get; }
}
