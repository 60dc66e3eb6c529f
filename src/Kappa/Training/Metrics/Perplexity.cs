
namespace Kappa.Training.Metrics;

/// <summary>exp of the mean -log p(label): how many classes the model hesitates between, as it were. 1 is the best.</summary>
/// <remarks>Outputs are logits <c>[.., classes]</c> and targets int32 <c>[..]</c>. The mean is taken in double precision over all examples, so that it is not
/// the mean of the batches' perplexities.</remarks>
/// <param name="ignoredLabel">A label whose rows are left out, such as -100; null for none.</param>
public sealed class Perplexity(int? ignoredLabel = null) : LogLikelihood(ignoredLabel)
{
    /// <inheritdoc/>
    public override string Name => "perplexity";

    /// <inheritdoc/>
    protected override double Compute() => Math.Exp(MeanLoss);
}
