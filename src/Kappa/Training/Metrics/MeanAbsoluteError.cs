namespace Kappa.Training.Metrics;

/// <summary>The mean |output - target| over all numbers, in the unit of the target.</summary>
/// <inheritdoc cref="Residuals"/>
public sealed class MeanAbsoluteError : Residuals
{
    private RunningSum _sum;

    /// <inheritdoc/>
    public override string Name => "mean absolute error";

    /// <inheritdoc/>
    public override bool HigherIsBetter => false;

    private protected override void Add(int column, double output, double target) => _sum.Add(Math.Abs(output - target));

    /// <inheritdoc/>
    protected override double Compute() => _sum.Value / Count / Width;

    /// <inheritdoc/>
    protected override void Clear()
    {
        base.Clear();
        _sum = default;
    }
}
