namespace Kappa.Training.Metrics;

/// <summary>The average precision: precision at each threshold times the recall that it adds, without interpolation between thresholds.</summary>
/// <inheritdoc cref="RankedScores"/>
public sealed class PrecisionRecallArea : RankedScores
{
    /// <inheritdoc/>
    public override string Name => "precision-recall area";

    private protected override double Area(IReadOnlyList<(long Positives, long Negatives)> groups)
    {
        double positives = groups.Sum(group => group.Positives);
        var area = default(RunningSum);
        long found = 0, taken = 0;
        foreach (var group in groups)
        {
            found += group.Positives;
            taken += group.Positives + group.Negatives;
            area.Add(group.Positives / positives * (found / (double)taken));
        }
        return area.Value;
    }
}
