namespace Kappa.LinearAlgebra.Arithmetic;

/// <summary>The mean of independent values and its standard error.</summary>
internal static class Sample
{
    internal static (double Mean, double Error) Mean(IReadOnlyList<double> values)
    {
        double mean = values.Average();
        if (values.Count < 2)
            return (mean, double.NaN);
        // In units of the largest deviation, so that squares neither overflow nor vanish.
        double largest = values.Max(value => Math.Abs(value - mean));
        if (largest == 0)
            return (mean, 0);
        double squares = values.Sum(value => Math.Pow((value - mean) / largest, 2));
        return (mean, largest * Math.Sqrt(squares / (values.Count - 1) / values.Count));
    }
}
