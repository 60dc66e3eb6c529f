namespace Kappa.Lab.Statistics;

/// <summary>What Kendall's tau-b is made of: couples of pairs, counted.</summary>
/// <param name="Difference">Couples that both lists put into one order, less those that they put into opposite ones.</param>
/// <param name="First">Couples that the first list does not tie.</param>
/// <param name="Second">Couples that the second list does not tie.</param>
internal readonly record struct KendallCouples(long Difference, long First, long Second)
{
    /// <summary>Tau-b; null where one list ties all.</summary>
    internal double? Tau => First == 0 || Second == 0 ? null : Difference / Math.Sqrt((double)First * Second);

    public static KendallCouples operator +(KendallCouples one, KendallCouples other) =>
        new(one.Difference + other.Difference, one.First + other.First, one.Second + other.Second);
}
