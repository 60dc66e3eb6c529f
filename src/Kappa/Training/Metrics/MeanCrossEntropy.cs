namespace Kappa.Training.Metrics;

/// <summary>The mean -log p(label), in nats, in double precision over all examples.</summary>
/// <inheritdoc cref="Perplexity"/>
public sealed class MeanCrossEntropy(int? ignoredLabel = null) : LogLikelihood(ignoredLabel)
{
    /// <inheritdoc/>
    public override string Name => "cross-entropy";

    /// <inheritdoc/>
    protected override double Compute() => MeanLoss;
}
