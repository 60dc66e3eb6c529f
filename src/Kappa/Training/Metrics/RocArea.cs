namespace Kappa.Training.Metrics;

/// <summary>The area under the ROC curve: how often an example of the class has a higher score than one that is not, equal scores counting half.</summary>
/// <inheritdoc cref="RankedScores"/>
public sealed class RocArea : RankedScores
{
    /// <inheritdoc/>
    public override string Name => "ROC area";

    private protected override double Area(IReadOnlyList<(long Positives, long Negatives)> groups)
    {
        // Twice the number of pairs in the right order, a whole number.
        UInt128 pairs = 0;
        long below = groups.Sum(group => group.Negatives), negatives = below, positives = 0;
        foreach (var group in groups)
        {
            below -= group.Negatives;
            pairs += (UInt128)group.Positives * (UInt128)((2 * below) + group.Negatives);
            positives += group.Positives;
        }
        return (double)pairs / (2.0 * positives * negatives);
    }
}
