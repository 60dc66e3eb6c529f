namespace Kappa.Lab.Tests.Tasks.Flow;

public sealed class SlicedWassersteinTests
{
    public static TheoryData<float[], float[], double> OnLine => new()
    {
        { [1, 2, 3], [3, 1, 2], 0 },
        { [1, 2, 3], [4, 5, 6], 3 },
        { [0, 1], [0, 3], Math.Sqrt(2) },
        { [0], [-1, 1], 1 },
        // Quantiles: 0 for a third against 0, 1 to a half against 0, 1 against 6, 2 against 6.
        { [0, 1, 2], [0, 6], Math.Sqrt(((1 / 6.0) * 1) + ((1 / 6.0) * 25) + ((1 / 3.0) * 16)) },
        { [1, 1, 2, 2, 3, 3], [1, 2, 3], 0 },
    };

    [Theory]
    [MemberData(nameof(OnLine))]
    public void On_a_line_it_is_the_distance_of_the_quantiles_whatever_the_sizes(float[] reference, float[] points, double expected)
    {
        foreach (int directions in new[] { 1, 5 })
        {
            Assert.Equal(expected, new SlicedWasserstein(new PointSet(reference, 1), directions, new Philox(1)).Of(new PointSet(points, 1)), 6);
            Assert.Equal(expected, new SlicedWasserstein(new PointSet(points, 1), directions, new Philox(1)).Of(new PointSet(reference, 1)), 6);
        }
    }

    [Fact]
    public void A_set_that_is_moved_is_the_way_over_the_root_of_the_dimension_away()
    {
        var points = PointSet.Normal(40, 5, new Philox(1));
        float[] way = [3, 0, -4, 0, 0];
        var moved = new PointSet([.. points.Values.Select((value, i) => value + way[i % 5])], 5);
        const int Directions = 20_000;
        double distance = new SlicedWasserstein(points, Directions, new Philox(2)).Of(moved);
        // The mean of (u . w)^2 is |w|^2 / d; its variance 2 |w|^4 (d - 1) / (d^2 (d + 2)).
        double error = 25 * Math.Sqrt(2 * 4 / (25.0 * 7) / Directions);
        Assert.Equal(5, distance * distance, 4 * error);
    }

    [Fact]
    public void The_directions_are_the_same_for_all_who_ask()
    {
        var (points, others) = (PointSet.Normal(30, 6, new Philox(1)), PointSet.Normal(20, 6, new Philox(2)));
        Assert.Equal(new SlicedWasserstein(points, 8, new Philox(3)).Of(others), new SlicedWasserstein(points, 8, new Philox(3)).Of(others));
        Assert.NotEqual(new SlicedWasserstein(points, 8, new Philox(3)).Of(others), new SlicedWasserstein(points, 8, new Philox(4)).Of(others));
    }
}
