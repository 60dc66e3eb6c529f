namespace Kappa.Training.Metrics;

/// <summary>The harmonic mean of precision and recall, 2 TP / (2 TP + FP + FN). See <see cref="ConfusionMatrix"/>, which has it class by class.</summary>
/// <param name="classes">The number of classes, at least 2.</param>
/// <param name="averaging">How the figures of the classes become one.</param>
/// <exception cref="ArgumentException">There are fewer than two classes, or more where the averaging is for two.</exception>
public sealed class F1Score(int classes, Averaging averaging = Averaging.Macro) : ClassCounts(classes, averaging)
{
    /// <inheritdoc/>
    public override string Name => Named("F1");

    /// <inheritdoc/>
    protected override double Compute() => Matrix.F1(Averaging);
}
