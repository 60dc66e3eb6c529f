namespace Kappa.Curvature.Arithmetic;

/// <summary>The mean of independent values and its standard error.</summary>
internal static class Sample
{
    internal static (double Mean, double Error) Mean(IReadOnlyList<double> values)
    {
        double mean = values.Average();
        if (values.Count < 2)
            return (mean, double.NaN);
        double squares = values.Sum(value => (value - mean) * (value - mean));
        return (mean, Math.Sqrt(squares / (values.Count - 1) / values.Count));
    }
}
