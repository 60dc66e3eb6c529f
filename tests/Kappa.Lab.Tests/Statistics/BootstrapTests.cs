namespace Kappa.Lab.Tests.Statistics;

public sealed class BootstrapTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(9)]
    [InlineData(24)]
    public void Medians_by_counting_are_those_of_sorted_resamples_and_do_not_depend_on_what_came_before(int count)
    {
        var generator = new Philox(11);
        double[] values = [.. Enumerable.Range(0, count).Select(_ => Math.Round(4 * generator.NextDouble(), 1))];
        var source = new Philox(5).Split("bootstrap");
        double[] medians = [
            .. Enumerable.Range(0, 2000).Select(_ => Bootstrap.MedianOf([.. Enumerable.Range(0, count).Select(_ => values[source.NextInt32(count)])])).Order()];
        var bootstrap = new Bootstrap(new Philox(5));
        _ = bootstrap.Median([1, 2, 3, 4, 5, 6, 7]);
        _ = bootstrap.Mean(values);
        var interval = bootstrap.Median(values);
        Assert.Equal(Bootstrap.MedianOf(values), interval.Estimate);
        Assert.Equal(medians[49] + 0.975 * (medians[50] - medians[49]), interval.Low, 1e-12);
        Assert.Equal(medians[1949] + 0.025 * (medians[1950] - medians[1949]), interval.High, 1e-12);
        Assert.Equal(interval, Bootstrap.Median(values, new Philox(5)));
    }
}
