namespace Kappa.Lab.Experiments.Reinforcement;

/// <summary>The mean and standard deviation of what was seen so far, to standardise observations with.</summary>
/// <remarks>Chan, Golub and LeVeque's update of sums of squares: exact, and stable over long runs.</remarks>
internal sealed class RunningScale
{
    private const double Limit = 10;
    private readonly double[] _means;
    private readonly double[] _squares;
    private double _count;

    internal RunningScale(int size) => (_means, _squares) = (new double[size], new double[size]);

    /// <summary>Everything, as plain numbers: the count, the means and the sums of squared deviations.</summary>
    internal IEnumerable<double> State => [_count, .. _means, .. _squares];

    internal double Mean(int index) => _means[index];

    internal double Variance(int index) => _count > 0 ? _squares[index] / _count : 0;

    internal void Load(double[] state)
    {
        _count = state[0];
        state.AsSpan(1, _means.Length).CopyTo(_means);
        state.AsSpan(1 + _means.Length).CopyTo(_squares);
    }

    /// <summary>Counts one observation.</summary>
    internal void Add(ReadOnlySpan<float> observation)
    {
        _count++;
        for (int i = 0; i < _means.Length; i++)
        {
            double difference = observation[i] - _means[i];
            _means[i] += difference / _count;
            _squares[i] += difference * (observation[i] - _means[i]);
        }
    }

    /// <summary>(x - mean) / deviation, within plus or minus 10.</summary>
    internal void Standardize(ReadOnlySpan<float> observation, Span<float> result)
    {
        for (int i = 0; i < _means.Length; i++)
            result[i] = (float)Math.Clamp((observation[i] - _means[i]) / Math.Sqrt(Variance(i) + 1e-8), -Limit, Limit);
    }
}
