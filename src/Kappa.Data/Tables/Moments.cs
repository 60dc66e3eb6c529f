namespace Kappa.Data.Tables;

/// <summary>Mean and standard deviation, at any scale of the numbers.</summary>
internal static class Moments
{
    /// <summary>Of the values that are there.</summary>
    /// <param name="values">Values; NaN counts for none.</param>
    /// <returns>The mean, and the deviation with the number of values below; deviation 0 where all are the same, mean 0 where there is none.</returns>
    internal static (double Mean, double Deviation, int Count) Of(ReadOnlySpan<double> values)
    {
        double low = double.PositiveInfinity, high = double.NegativeInfinity;
        int count = 0;
        foreach (double value in values)
        {
            if (double.IsNaN(value))
                continue;
            (low, high, count) = (Math.Min(low, value), Math.Max(high, value), count + 1);
        }
        if (count == 0 || low == high)
            return (count == 0 ? 0 : low, 0, count);
        // Beside the middle and in parts of the half width, so that nothing overflows, vanishes or cancels.
        double middle = (low / 2) + (high / 2), half = (high / 2) - (low / 2), sum = 0, squares = 0;
        if (half == 0)
            return (middle, 0, count);
        foreach (double value in values)
        {
            if (!double.IsNaN(value))
                sum += (value - middle) / half;
        }
        double mean = sum / count;
        foreach (double value in values)
        {
            if (double.IsNaN(value))
                continue;
            double part = ((value - middle) / half) - mean;
            squares += part * part;
        }
        return (middle + (mean * half), half * Math.Sqrt(squares / count), count);
    }
}
