namespace Kappa.Training.Metrics;

/// <summary>Of the examples of a class, the share taken for it; as macro, the balanced accuracy. See
/// <see cref="ConfusionMatrix"/>, which has it class by class.</summary>
/// <param name="classes">The number of classes, at least 2.</param>
/// <param name="averaging">How the figures of the classes become one.</param>
/// <exception cref="ArgumentException">There are fewer than two classes, or more where the averaging is for two.</exception>
public sealed class RecallScore(int classes, Averaging averaging = Averaging.Macro) : ClassCounts(classes, averaging)
{
    /// <inheritdoc/>
    public override string Name => Named("recall");

    /// <inheritdoc/>
    protected override double Compute() => Matrix.Recall(Averaging);
}
