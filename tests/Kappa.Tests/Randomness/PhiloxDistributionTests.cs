using Kappa.Randomness;

namespace Kappa.Tests.Randomness;

public sealed class PhiloxDistributionTests
{
    private const int Count = 400_000;

    public static TheoryData<string> Uniforms => ["NextDouble", "NextSingle", "FillDouble", "FillSingle"];

    public static TheoryData<string> Normals => ["NextNormal", "FillDouble", "FillSingle"];

    [Theory]
    [MemberData(nameof(Uniforms))]
    public void Uniforms_have_the_moments_of_the_uniform(string source)
    {
        double[] values = DrawUniform(source);

        Assert.InRange(values.Min(), 0, 1e-4);
        Assert.InRange(values.Max(), 1 - 1e-4, Math.BitDecrement(1.0));
        // Of u - 1/2: E = 0, E^2 = 1/12, E^3 = 0, E^4 = 1/80, and the lag-1 product has mean 0.
        AssertMean(values, u => u - 0.5, 0);
        AssertMean(values, u => Math.Pow(u - 0.5, 2), 1 / 12.0);
        AssertMean(values, u => Math.Pow(u - 0.5, 3), 0);
        AssertMean(values, u => Math.Pow(u - 0.5, 4), 1 / 80.0);
        AssertLagsUncorrelated(values, 0.5);
    }

    [Theory]
    [MemberData(nameof(Normals))]
    public void Normals_have_the_moments_and_tails_of_the_normal(string source)
    {
        double[] values = DrawNormal(source);

        Assert.All(values, x => Assert.True(double.IsFinite(x)));
        AssertMean(values, x => x, 0);
        AssertMean(values, x => x * x, 1);
        AssertMean(values, x => x * x * x, 0);
        AssertMean(values, x => x * x * x * x, 3);
        AssertMean(values, x => Math.Pow(x, 6), 15);
        AssertMean(values, x => Math.Abs(x) > 1 ? 1 : 0, 0.31731050786291410);
        AssertMean(values, x => x > 3 ? 1 : 0, 0.0013498980316300933);
        AssertLagsUncorrelated(values, 0);
    }

    [Fact]
    public void Uniform_fills_are_the_single_draws_scaled()
    {
        var (first, second) = (new Philox(3), new Philox(3));
        _ = (first.NextUInt32(), second.NextUInt32());
        var singles = new float[33];
        var doubles = new double[33];
        first.FillUniform(singles, -2f, 6f);
        first.FillUniform(doubles, -2, 6);

        Assert.All(singles, value => Assert.Equal(-2f + 8f * second.NextSingle(), value));
        Assert.All(doubles, value => Assert.Equal(-2 + 8 * second.NextDouble(), value));
        Assert.Equal(second.State, first.State);
    }

    [Fact]
    public void A_uniform_fill_never_reaches_its_upper_bound_by_rounding()
    {
        float low = 1f, high = MathF.BitIncrement(1f);
        var values = new float[1000];
        new Philox(1).FillUniform(values, low, high);

        Assert.All(values, value => Assert.Equal(low, value));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(4, 1)]
    [InlineData(5, 2)]
    [InlineData(1000, 250)]
    public void A_normal_fill_takes_whole_blocks_from_a_fresh_one(int count, int blocks)
    {
        var generator = new Philox(9);
        var values = new float[count];
        generator.FillNormal(values);
        Assert.Equal((ulong)blocks, generator.State.Counter);

        var prefix = new float[1000];
        new Philox(9).FillNormal(prefix);
        Assert.Equal(prefix.AsSpan(0, count).ToArray(), values);

        var midBlock = new Philox(9);
        _ = midBlock.NextUInt32();
        midBlock.FillNormal(new float[4]);
        Assert.Equal(new PhiloxState(9, 0, 2, 0), midBlock.State);
    }

    [Fact]
    public void Normal_fills_scale_and_shift()
    {
        var (standard, scaled) = (new double[7], new double[7]);
        new Philox(4).FillNormal(standard);
        new Philox(4).FillNormal(scaled, mean: 3, std: 0.5);
        var constant = new float[5];
        new Philox(4).FillNormal(constant, mean: 2f, std: 0f);

        Assert.Equal(standard.Select(x => 3 + 0.5 * x), scaled);
        Assert.All(constant, value => Assert.Equal(2f, value));
    }

    [Fact]
    public void Impossible_parameters_are_rejected_with_what_was_got()
    {
        var generator = new Philox(1);
        var one = new float[1];
        var bounds = Assert.Throws<ArgumentOutOfRangeException>(() => generator.FillUniform(one, 2f, 1f));
        var std = Assert.Throws<ArgumentOutOfRangeException>(() => generator.FillNormal(one, 0f, -1f));

        Assert.Contains("got low 2 and high 1", bounds.Message);
        Assert.Contains("std -1", std.Message);
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => generator.FillUniform(one, 0f, float.NaN));
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => generator.FillUniform(one, float.MinValue, float.MaxValue));
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => generator.FillNormal(one, float.NaN, 1f));
    }

    private static double[] DrawUniform(string source)
    {
        var generator = new Philox(20260101).Split(source);
        var (singles, doubles) = (new float[Count], new double[Count]);
        switch (source)
        {
            case "NextDouble": return [.. doubles.Select(_ => generator.NextDouble())];
            case "NextSingle": return [.. doubles.Select(_ => (double)generator.NextSingle())];
            case "FillDouble": generator.FillUniform(doubles, 0, 1); return doubles;
            default: generator.FillUniform(singles, 0, 1); return [.. singles.Select(x => (double)x)];
        }
    }

    private static double[] DrawNormal(string source)
    {
        var generator = new Philox(20260102).Split(source);
        var (singles, doubles) = (new float[Count], new double[Count]);
        switch (source)
        {
            case "NextNormal": return [.. doubles.Select(_ => generator.NextNormal())];
            case "FillDouble": generator.FillNormal(doubles); return doubles;
            default: generator.FillNormal(singles); return [.. singles.Select(x => (double)x)];
        }
    }

    /// <summary>The sample mean lies within four of its own standard errors.</summary>
    private static void AssertMean(double[] values, Func<double, double> statistic, double expected)
    {
        double[] samples = [.. values.Select(statistic)];
        double mean = samples.Average();
        double variance = samples.Sum(x => (x - mean) * (x - mean)) / (samples.Length - 1);
        Assert.InRange((mean - expected) / Math.Sqrt(variance / samples.Length), -4, 4);
    }

    private static void AssertLagsUncorrelated(double[] values, double mean)
    {
        for (int lag = 1; lag <= 4; lag++)
        {
            double[] products = [.. Enumerable.Range(0, values.Length - lag).Select(i => (values[i] - mean) * (values[i + lag] - mean))];
            AssertMean(products, product => product, 0);
        }
    }
}
