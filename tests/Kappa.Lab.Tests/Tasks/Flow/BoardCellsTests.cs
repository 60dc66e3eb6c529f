namespace Kappa.Lab.Tests.Tasks.Flow;

public sealed class BoardCellsTests
{
    // On a board of 4 x 4 squares from -2 to 2: the middles of the dark and of the light ones.
    private static readonly float[][] Dark = [.. Middles().Where(point => Checkerboard.Density(point[0], point[1]) > 0)];
    private static readonly float[][] Light = [.. Middles().Where(point => Checkerboard.Density(point[0], point[1]) == 0)];

    [Fact]
    public void As_many_points_on_each_dark_square_are_perfect_and_points_on_light_ones_are_the_worst()
    {
        Assert.Equal((8, 8), (Dark.Length, Light.Length));
        Assert.Equal((1, 0), Of(1, Dark));
        Assert.Equal((0, 1), Of(1, Light));
        Assert.Equal((0.5, 0.5), Of(1, [.. Dark, .. Light]));
    }

    [Fact]
    public void Points_that_miss_squares_vary_by_what_is_missing() => Assert.Equal((1, 0.75), Of(1, [Dark[0], Dark[3]]));

    [Fact]
    public void Points_off_the_board_and_lost_ones_count_as_wrong()
    {
        var cells = new BoardCells(4, 2, 1);
        Assert.Equal((0, 1), cells.Of(new PointSet([5, 5], 2), 0));
        Assert.Equal((0, 1), cells.Of(new PointSet([], 2), 3));
        Assert.Equal((0.5, 0.5), cells.Of(new PointSet([.. Dark.SelectMany(point => point)], 2), 8));
        Assert.Equal((0.5, 0.5), Of(1, [.. Dark, .. Dark.Select(point => new[] { point[0] + 4, point[1] })]));
    }

    [Fact]
    public void Points_of_the_density_vary_as_chance_says()
    {
        const int Count = 4000;
        var (dark, variation) = new BoardCells(BoardJudge.Squares, BoardJudge.Extent, 2).Of(BoardJudge.Points(Count, new Philox(3)), 0);
        Assert.Equal(1, dark);
        // 32 cells of probability 1/32 each.
        Assert.Equal(Math.Sqrt(32 / (2 * Math.PI * Count)), variation, 0.012);
    }

    private static (double, double) Of(int cells, float[][] points) =>
        new BoardCells(4, 2, cells).Of(new PointSet([.. points.SelectMany(point => point)], 2), 0);

    private static IEnumerable<float[]> Middles() =>
        from row in Enumerable.Range(0, 4)
        from column in Enumerable.Range(0, 4)
        select (float[])[column - 1.5f, row - 1.5f];
}
