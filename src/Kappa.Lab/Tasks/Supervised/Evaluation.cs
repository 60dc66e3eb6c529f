namespace Kappa.Lab.Tasks.Supervised;

/// <summary>A measurement on validation examples.</summary>
/// <param name="Loss">The mean loss; of classes in nats.</param>
/// <param name="Metric">The figure that is shown along the way, such as accuracy or bits per character.</param>
public sealed record Evaluation(double Loss, double Metric)
{
    /// <summary>All figures by name; without those that these examples do not define.</summary>
    public IReadOnlyDictionary<string, double> Figures { get; init; } = new Dictionary<string, double>();

    /// <summary>Which classes were taken for which; null where it was not asked for, or there are no classes.</summary>
    public ConfusionMatrix? Confusion { get; init; }
}
