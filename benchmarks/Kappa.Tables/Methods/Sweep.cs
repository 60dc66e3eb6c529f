namespace Kappa.Tables.Methods;

/// <summary>A grid over a method's axes that grows where the best point is at an end of it.</summary>
internal static class Sweep
{
    /// <summary>Sweeps until the best point is inside, or nothing may lie beyond.</summary>
    /// <param name="axes">The axes to begin with.</param>
    /// <param name="losses">The loss of each point, infinite where it diverged; is asked for all points of a grid, those of earlier rounds included.</param>
    internal static SweepOutcome Run(
        IReadOnlyList<SweepAxis> axes, Func<IReadOnlyList<IReadOnlyDictionary<string, double>>, IReadOnlyList<double>> losses)
    {
        while (true)
        {
            var points = Points(axes);
            var found = losses(points);
            var best = points[Enumerable.Range(0, points.Count).MinBy(i => found[i])];
            SweepAxis[] grown = [.. axes.Select(axis => axis.Around(best[axis.Name]))];
            if (grown.Zip(axes, (after, before) => after.Values.Count == before.Values.Count).All(isSame => isSame))
                return new SweepOutcome(best, axes, points.Count, [.. axes.Where(axis => axis.IsAtEnd(best[axis.Name])).Select(axis => axis.Name)]);
            axes = grown;
        }
    }

    private static List<IReadOnlyDictionary<string, double>> Points(IReadOnlyList<SweepAxis> axes)
    {
        List<Dictionary<string, double>> points = [[]];
        foreach (var axis in axes)
            points = [.. from point in points from value in axis.Values select new Dictionary<string, double>(point) { [axis.Name] = value }];
        return [.. points];
    }
}
