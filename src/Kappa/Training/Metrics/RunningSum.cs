namespace Kappa.Training.Metrics;

/// <summary>A sum of numbers one after another that keeps what rounding takes (Neumaier 1974): as if summed in twice the precision.</summary>
internal struct RunningSum
{
    private double _sum, _lost;

    internal readonly double Value => _sum + _lost;

    internal void Add(double value)
    {
        double sum = _sum + value;
        _lost += Math.Abs(_sum) >= Math.Abs(value) ? _sum - sum + value : value - sum + _sum;
        _sum = sum;
    }
}
