namespace Kappa.Lab.Humanoid;

/// <summary>Shifts and scales each feature by the mean and standard deviation of the training data.</summary>
internal sealed class Standardization
{
    private readonly float[] _mean;
    private readonly float[] _scale;

    private Standardization(float[] mean, float[] scale)
    {
        _mean = mean;
        _scale = scale;
    }

    /// <summary>Leaves every feature as it is.</summary>
    internal static Standardization None(int features)
    {
        float[] ones = new float[features];
        Array.Fill(ones, 1);
        return new Standardization(new float[features], ones);
    }

    /// <summary>Fits to rows of features; a feature that does not vary is only shifted.</summary>
    internal static Standardization Fit(ReadOnlySpan<float> rows, int features)
    {
        int count = rows.Length / features;
        var mean = new double[features];
        var square = new double[features];
        for (int i = 0; i < rows.Length; i++)
            mean[i % features] += rows[i] / (double)count;
        for (int i = 0; i < rows.Length; i++)
        {
            double deviation = rows[i] - mean[i % features];
            square[i % features] += deviation * deviation / count;
        }

        return new Standardization(
            Array.ConvertAll(mean, value => (float)value),
            Array.ConvertAll(square, value => value > 0 ? (float)(1 / Math.Sqrt(value)) : 1));
    }

    internal void ApplyInPlace(Span<float> rows)
    {
        for (int i = 0; i < rows.Length; i++)
            rows[i] = (rows[i] - _mean[i % _mean.Length]) * _scale[i % _mean.Length];
    }
}
