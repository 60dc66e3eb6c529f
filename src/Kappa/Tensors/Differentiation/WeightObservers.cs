namespace Kappa.Tensors.Differentiation;

/// <summary>Several observers of one weight as one. Those that only look come first, so that what they see does not depend on the order in which they were
/// added.</summary>
internal sealed class WeightObservers : IWeightObserver
{
    private readonly IWeightObserver[] _all;

    private WeightObservers(IWeightObserver[] all) => _all = all;

    /// <inheritdoc/>
    public bool ChangesGradient => Array.Exists(_all, observer => observer.ChangesGradient);

    /// <summary>What stands for these observers and a further one.</summary>
    /// <exception cref="InvalidOperationException">Both change the gradient.</exception>
    internal static IWeightObserver With(IWeightObserver? before, IWeightObserver added)
    {
        if (added.ChangesGradient && before is { ChangesGradient: true })
            throw new InvalidOperationException("the gradient of a weight is changed by one observer at most");
        return before is null ? added : Of([.. List(before), added])!;
    }

    /// <summary>What stands for these observers without one of them; null for nobody.</summary>
    internal static IWeightObserver? Without(IWeightObserver? before, IWeightObserver removed) =>
        before is null ? null : Of([.. List(before).Where(observer => observer != removed)]);

    /// <inheritdoc/>
    public bool Observe(WeightUse use)
    {
        bool takenOver = false;
        foreach (var observer in _all)
            takenOver |= observer.Observe(use);
        return takenOver;
    }

    /// <inheritdoc/>
    public void CompleteGradient(Tensor weight)
    {
        foreach (var observer in _all)
            observer.CompleteGradient(weight);
    }

    /// <inheritdoc/>
    public void Reset(Tensor weight)
    {
        foreach (var observer in _all)
            observer.Reset(weight);
    }

    private static IWeightObserver[] List(IWeightObserver observer) => observer is WeightObservers several ? several._all : [observer];

    private static IWeightObserver? Of(IWeightObserver[] observers) => observers.Length switch
    {
        0 => null,
        1 => observers[0],
        _ => new WeightObservers([.. observers.OrderBy(observer => observer.ChangesGradient)]),
    };
}
