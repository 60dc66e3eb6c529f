namespace Kappa.Lab.Tests.Statistics;

public sealed class RankedPairsTests
{
    [Theory]
    [InlineData(40, 1000)]
    [InlineData(40, 5)]
    [InlineData(7, 2)]
    [InlineData(1, 1)]
    public void Couples_are_counted_as_one_by_one_also_of_resamples(int count, int kinds)
    {
        var generator = new Philox(3);
        double[] first = [.. Enumerable.Range(0, count).Select(_ => (double)generator.NextInt32(kinds))];
        double[] second = [.. Enumerable.Range(0, count).Select(_ => generator.NextInt32(kinds) - 2.5)];
        var pairs = new RankedPairs(first, second);
        for (int resample = 0; resample < 20; resample++)
        {
            int[] drawn = resample == 0 ? [.. Enumerable.Range(0, count)] : [.. Enumerable.Range(0, count).Select(_ => generator.NextInt32(count))];
            long difference = 0, left = 0, right = 0;
            for (int i = 0; i < count; i++)
            {
                for (int j = 0; j < i; j++)
                {
                    int one = first[drawn[i]].CompareTo(first[drawn[j]]), other = second[drawn[i]].CompareTo(second[drawn[j]]);
                    (difference, left, right) = (difference + (one * other), left + (one * one), right + (other * other));
                }
            }
            Assert.Equal(new KendallCouples(difference, left, right), pairs.Of(drawn));
        }
    }

    [Fact]
    public void Pooled_tau_never_compares_numbers_of_two_groups()
    {
        var resampling = new Bootstrap(new Philox(1));
        // Each group agrees throughout; between the two all is the other way round.
        (IReadOnlyList<double>, IReadOnlyList<double>)[] groups =
            [(new[] { 1.0, 2, 3, 4 }, new[] { 11.0, 12, 13, 14 }), (new[] { 11.0, 12, 13 }, new[] { 1.0, 2, 3 })];
        Assert.Equal(new Interval(1, 1, 1), RankCorrelation.KendallWithin(groups, resampling));
        Assert.True(RankCorrelation.Kendall([1, 2, 3, 4, 11, 12, 13], [11, 12, 13, 14, 1, 2, 3], resampling)!.Estimate < 0);
        // 6 couples agree and 3 do not; the mean counts groups alike.
        groups[1] = (new[] { 13.0, 12, 11 }, new[] { 1.0, 2, 3 });
        Assert.Equal(3.0 / 9, RankCorrelation.KendallWithin(groups, resampling)!.Estimate, 12);
        Assert.Equal(0, RankCorrelation.KendallMean(groups, resampling)!.Estimate, 12);
        // A group without a tau does not count.
        groups[0] = (new[] { 1.0, 2, 3 }, new[] { 5.0, 5, 5 });
        Assert.Equal(new Interval(-1, -1, -1), RankCorrelation.KendallMean(groups, resampling));
        Assert.Equal(-1, RankCorrelation.KendallWithin(groups, resampling)!.Estimate);
        Assert.Null(RankCorrelation.KendallMean([groups[0]], resampling));
        Assert.Null(RankCorrelation.KendallWithin([], resampling));
    }

    [Fact]
    public void Groups_are_resampled_each_by_itself()
    {
        var resampling = new Bootstrap(new Philox(1));
        var generator = new Philox(9);
        double[] first = [.. Enumerable.Range(0, 30).Select(_ => generator.NextDouble())];
        double[] second = [.. first.Select(value => value + generator.NextDouble())];
        var one = RankCorrelation.Kendall(first, second, resampling)!;
        static double Width(Interval interval) => interval.High - interval.Low;
        foreach (var of in new[] { RankCorrelation.KendallMean, RankCorrelation.KendallWithin })
        {
            var both = of([(first, second), (first, second), (first, second), (first, second)], resampling)!;
            Assert.Equal(one.Estimate, both.Estimate, 12);
            // Four groups that have nothing to do with each other have half the spread of one.
            Assert.InRange(Width(both) / Width(one), 0.4, 0.6);
        }
    }
}
