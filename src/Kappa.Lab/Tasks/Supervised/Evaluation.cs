namespace Kappa.Lab.Tasks.Supervised;

/// <summary>A measurement on validation examples.</summary>
/// <param name="Loss">The mean cross-entropy, in nats.</param>
/// <param name="Metric">Bits per character, or accuracy.</param>
public sealed record Evaluation(double Loss, double Metric);
