namespace Kappa.Training.Metrics;

/// <summary>The coefficient of determination, 1 - sum (output - target)^2 / sum (target - mean target)^2: 1 is the best, 0 what the mean does; of several
/// numbers per example, the mean over them.</summary>
/// <inheritdoc cref="Residuals"/>
public sealed class RSquared : Residuals
{
    private Column[] _columns = [];

    /// <inheritdoc/>
    public override string Name => "R2";

    /// <inheritdoc/>
    public override bool HigherIsBetter => true;

    /// <inheritdoc/>
    protected override string? WhyUndefined => Array.FindIndex(_columns, column => column.Spread.Value <= 0) is var index and >= 0
        ? $"the targets{(_columns.Length > 1 ? $" of number {index}" : "")} are all {_columns[index].Mean:R}, so that there is no variance to explain" : null;

    private protected override void Add(int column, double output, double target)
    {
        if (_columns.Length != Width)
            _columns = new Column[Width];
        _columns[column].Add(output, target);
    }

    /// <inheritdoc/>
    protected override double Compute() => _columns.Average(column => 1 - (column.Errors.Value / column.Spread.Value));

    /// <inheritdoc/>
    protected override void Clear()
    {
        base.Clear();
        _columns = [];
    }

    /// <summary>Sums of one of the numbers; the spread about the mean grows as Welford (1962) has it.</summary>
    private struct Column
    {
        internal RunningSum Errors, Spread;
        private double _first, _mean;
        private long _count;

        internal readonly double Mean => _first + _mean;

        internal void Add(double output, double target)
        {
            Errors.Add((output - target) * (output - target));
            // About the first target, so that a large mean takes no digits from a small spread.
            if (_count == 0)
                _first = target;
            double shifted = target - _first, before = shifted - _mean;
            _mean += before / ++_count;
            Spread.Add(before * (shifted - _mean));
        }
    }
}
