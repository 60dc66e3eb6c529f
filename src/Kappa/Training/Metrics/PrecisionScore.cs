namespace Kappa.Training.Metrics;

/// <summary>Of the examples taken for a class, the share that has it. See <see cref="ConfusionMatrix"/>, which has it class by class.</summary>
/// <param name="classes">The number of classes, at least 2.</param>
/// <param name="averaging">How the figures of the classes become one.</param>
/// <exception cref="ArgumentException">There are fewer than two classes, or more where the averaging is for two.</exception>
public sealed class PrecisionScore(int classes, Averaging averaging = Averaging.Macro) : ClassCounts(classes, averaging)
{
    /// <inheritdoc/>
    public override string Name => Named("precision");

    /// <inheritdoc/>
    protected override double Compute() => Matrix.Precision(Averaging);
}
