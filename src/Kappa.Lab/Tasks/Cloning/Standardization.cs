namespace Kappa.Lab.Tasks.Cloning;

/// <summary>Shifts and scales each feature by the mean and standard deviation of the training data.</summary>
internal sealed class Standardization
{
    private readonly double[] _mean;
    private readonly double[] _scale;

    private Standardization(double[] mean, double[] scale) => (_mean, _scale) = (mean, scale);

    /// <summary>Fits to rows of features; a feature that does not vary is only shifted.</summary>
    internal static Standardization Fit(ReadOnlySpan<float> rows, int features)
    {
        int count = rows.Length / features;
        var mean = new double[features];
        var square = new double[features];
        // Beside the first row, so that what does not vary has no variance at all.
        for (int i = 0; i < rows.Length; i++)
            mean[i % features] += ((double)rows[i] - rows[i % features]) / count;
        for (int i = 0; i < rows.Length; i++)
        {
            double deviation = (double)rows[i] - rows[i % features] - mean[i % features];
            square[i % features] += deviation * deviation / count;
        }

        for (int i = 0; i < features && count > 0; i++)
            mean[i] += rows[i];
        return new Standardization(mean, Array.ConvertAll(square, value => value > 0 ? 1 / Math.Sqrt(value) : 1));
    }

    internal void ApplyInPlace(Span<float> rows)
    {
        for (int i = 0; i < rows.Length; i++)
            rows[i] = (float)((rows[i] - _mean[i % _mean.Length]) * _scale[i % _mean.Length]);
    }
}
