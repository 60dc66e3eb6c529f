namespace Kappa.Training.Metrics;

/// <summary>The root of the mean (output - target)^2 over all numbers, in the unit of the target.</summary>
/// <inheritdoc cref="Residuals"/>
public sealed class RootMeanSquaredError : Residuals
{
    // Squares of numbers beyond 1e154 are kept by a scale: the sum of (d / scale)^2, as in BLAS' nrm2.
    private RunningSum _sum;
    private double _scale;

    /// <inheritdoc/>
    public override string Name => "root mean squared error";

    /// <inheritdoc/>
    public override bool HigherIsBetter => false;

    private protected override void Add(int column, double output, double target)
    {
        double difference = Math.Abs(output - target);
        if (difference > _scale)
        {
            double scale = Math.ScaleB(1, Math.ILogB(difference));
            var scaled = default(RunningSum);
            scaled.Add(_scale == 0 ? 0 : _sum.Value * (_scale / scale) * (_scale / scale));
            (_sum, _scale) = (scaled, scale);
        }
        if (_scale > 0)
            _sum.Add(difference / _scale * (difference / _scale));
    }

    /// <inheritdoc/>
    protected override double Compute() => _scale * Math.Sqrt(_sum.Value / Count / Width);

    /// <inheritdoc/>
    protected override void Clear()
    {
        base.Clear();
        (_sum, _scale) = (default, 0);
    }
}
