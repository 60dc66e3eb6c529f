namespace Kappa.Tables.Tests;

public class SweepTests
{
    [Theory]
    [InlineData(0.01, 0.01, 9)]
    [InlineData(1e-4, 1e-4, 15)]
    [InlineData(0.3, 0.3, 15)]
    public void A_sweep_grows_until_the_best_is_inside(double least, double expected, int points)
    {
        var outcome = Run(least, 1, [SweepAxis.HalfDecades("rate", [3e-3, 1e-2, 3e-2], 1e-6, 100), new SweepAxis("decay", [0.1, 1, 10], 10)]);
        Assert.Equal(expected, outcome.Best["rate"]);
        Assert.Equal(1, outcome.Best["decay"]);
        Assert.Empty(outcome.AtEnds);
        Assert.InRange(outcome.Count, points, 24);
        var rates = outcome.Axes[0].Values;
        Assert.True(outcome.Best["rate"] > rates[0] && outcome.Best["rate"] < rates[^1]);
        Assert.Equal(rates.Order(), rates);
    }

    [Fact]
    public void A_sweep_stops_at_a_bound_and_says_so()
    {
        var outcome = Run(1e-9, 1, [SweepAxis.HalfDecades("rate", [3e-3, 1e-2, 3e-2], 1e-4, 100), new SweepAxis("decay", [0.1, 1, 10], 10)]);
        Assert.Equal(1e-4, outcome.Best["rate"]);
        Assert.Equal(["rate"], outcome.AtEnds);
    }

    [Fact]
    public void Values_of_half_decades_are_1_and_3_times_powers_of_ten()
    {
        var outcome = Run(1e-5, 1, [SweepAxis.HalfDecades("rate", [1e-2, 3e-2], 1e-9, 100), new SweepAxis("decay", [1])]);
        Assert.Equal([3e-6, 1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2], outcome.Axes[0].Values);
    }

    [Fact]
    public void Zero_is_an_end_beyond_which_nothing_lies()
    {
        var outcome = Run(0.01, 0, [SweepAxis.HalfDecades("rate", [3e-3, 1e-2, 3e-2], 1e-6, 100), new SweepAxis("decay", [0, 0.1, 1], 10)]);
        Assert.Equal(0, outcome.Best["decay"]);
        Assert.Equal(3, outcome.Axes[1].Values.Count);
        Assert.Empty(outcome.AtEnds);
    }

    [Fact]
    public void A_point_that_diverged_is_never_the_best()
    {
        var outcome = Sweep.Run(
            [new SweepAxis("rate", [1, 2, 3])], points => [.. points.Select(point => point["rate"] == 2 ? 5 : double.PositiveInfinity)]);
        Assert.Equal(2, outcome.Best["rate"]);
    }

    private static SweepOutcome Run(double rate, double decay, IReadOnlyList<SweepAxis> axes) => Sweep.Run(
        axes,
        points => [.. points.Select(point => Math.Abs(Math.Log(point["rate"] / rate)) + Math.Abs(point["decay"] - decay))]);
}
