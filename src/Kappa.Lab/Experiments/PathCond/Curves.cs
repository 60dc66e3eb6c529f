namespace Kappa.Lab.Experiments.PathCond;

/// <summary>Lines of plots from curves of several seeds.</summary>
internal static class Curves
{
    private const int MostPoints = 200;

    /// <summary>The median over the seeds at each epoch, and a band from the smallest to the largest.</summary>
    internal static PlotLine Line(string name, IReadOnlyList<double[]> curves)
    {
        int length = curves.Count == 0 ? 0 : curves.Min(curve => curve.Length);
        int points = Math.Min(length, MostPoints);
        int[] epochs = [.. Enumerable.Range(0, points).Select(i => (int)((long)i * (length - 1) / Math.Max(1, points - 1))).Distinct()];
        double[][] sorted = [.. epochs.Select(epoch => curves.Select(curve => curve[epoch]).Order().ToArray())];
        return new PlotLine(name, [.. epochs.Select(epoch => epoch + 1.0)], [.. sorted.Select(Median)])
        {
            Low = [.. sorted.Select(values => values[0])],
            High = [.. sorted.Select(values => values[^1])],
        };
    }

    private static double Median(double[] values) => values.Any(double.IsNaN) ? double.NaN : Bootstrap.MedianOf(values);
}
