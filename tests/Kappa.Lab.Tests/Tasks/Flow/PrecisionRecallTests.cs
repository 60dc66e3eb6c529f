namespace Kappa.Lab.Tests.Tasks.Flow;

public sealed class PrecisionRecallTests
{
    private static readonly PointSet Near = PointSet.Normal(40, 3, new Philox(1));
    private static readonly PointSet Far = Moved(PointSet.Normal(40, 3, new Philox(2)), 1000);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Of_constructed_sets_they_are_the_shares_that_were_put_there(int neighbours)
    {
        var both = Joined(Near, Far);
        Assert.Equal((1, 1), new PrecisionRecall(Near, neighbours).Of(Near));
        Assert.Equal((0, 0), new PrecisionRecall(Near, neighbours).Of(Far));
        // Half of the samples are good, and all of the reference is there.
        Assert.Equal((0.5, 1), new PrecisionRecall(Near, neighbours).Of(both));
        // One of two clusters is never made.
        Assert.Equal((1, 0.5), new PrecisionRecall(both, neighbours).Of(Near));
    }

    [Fact]
    public void A_ball_reaches_to_the_kth_neighbour_its_edge_included()
    {
        // On a line: the first neighbour of 0 is at 1, the second at 3.
        var reference = new PointSet([0, 1, 3], 1);
        Assert.Equal(1, new PrecisionRecall(reference, 1).Of(new PointSet([-1], 1)).Precision);
        Assert.Equal(0, new PrecisionRecall(reference, 1).Of(new PointSet([-1.25f], 1)).Precision);
        Assert.Equal(1, new PrecisionRecall(reference, 2).Of(new PointSet([-3], 1)).Precision);
        Assert.Equal(0, new PrecisionRecall(reference, 2).Of(new PointSet([-3.25f], 1)).Precision);
        // Two samples reach to each other: from 0 to 4 and from -2 to 2, so that 3 is covered.
        Assert.Equal((1, 1), new PrecisionRecall(reference, 1).Of(new PointSet([2, 0], 1)));
    }

    [Fact]
    public void Too_few_samples_have_no_support()
    {
        var measure = new PrecisionRecall(Near, 3);
        Assert.Equal((1, 0), measure.Of(Near.First(3)));
        Assert.Equal((0, 0), measure.Of(Near.First(0)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PrecisionRecall(Near.First(3), 3));
    }

    private static PointSet Moved(PointSet points, float way) => new([.. points.Values.Select(value => value + way)], points.Dimension);

    private static PointSet Joined(PointSet first, PointSet second) => new([.. first.Values, .. second.Values], first.Dimension);
}
