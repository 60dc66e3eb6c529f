using Kappa.Tensors.Cpu.Elementwise;

namespace Kappa.Tests.Tensors.Cpu.Elementwise;

public sealed class ExponentialTests
{
    [Fact]
    public void Single_precision_is_within_two_units_in_the_last_place_over_the_whole_range()
    {
        float[] x = [.. Enumerable.Range(0, 400_001).Select(i => -104 + (i * (193f / 400_000)))];
        float[] y = new float[x.Length];
        _ = Exponential.Apply<float>(x, y, 1, 0);
        for (int i = 0; i < x.Length; i++)
        {
            float exact = (float)Math.Exp(x[i]);
            if (float.IsInfinity(exact) || x[i] < -86.6f)
                Assert.Equal(x[i] < 0 ? 0 : exact, y[i]);
            else
                Assert.True(Math.Abs((double)exact - y[i]) <= 2.0 * (MathF.BitIncrement(exact) - exact), $"exp({x[i]:R}) is {exact:R}; got {y[i]:R}");
        }
    }

    [Theory]
    [InlineData(0f, 1f)]
    [InlineData(float.NegativeInfinity, 0f)]
    [InlineData(float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData(float.NaN, float.NaN)]
    [InlineData(89f, float.PositiveInfinity)]
    [InlineData(-104f, 0f)]
    [InlineData(float.MinValue, 0f)]
    public void Special_values_come_out_exactly(float x, float expected)
    {
        foreach (int length in (int[])[1, 7, 8, 9, 16, 31])
        {
            float[] y = [.. Enumerable.Repeat(x, length)];
            _ = Exponential.Apply<float>(y, y, 1, 0);
            Assert.All(y, value => Assert.Equal(expected, value));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(16)]
    [InlineData(100)]
    public void The_sum_and_the_scale_and_shift_are_those_asked_for_and_nothing_beyond_the_end_is_touched(int length)
    {
        float[] x = [.. Enumerable.Range(0, length + 4).Select(i => i % 13 * 0.3f)];
        float[] y = [.. Enumerable.Repeat(-7f, length + 4)];
        double sum = Exponential.Apply(x.AsSpan(0, length), y.AsSpan(0, length), 0.5f, 1.25f);
        double expected = 0;
        for (int i = 0; i < length; i++)
        {
            expected += Math.Exp(0.5 * (x[i] - 1.25));
            Assert.Equal(Math.Exp(0.5 * (x[i] - 1.25)), y[i], 1e-6);
        }

        Assert.Equal(expected, sum, 1e-5 * Math.Max(1, expected));
        Assert.Equal([-7f, -7f, -7f, -7f], y[length..]);
    }

    [Fact]
    public void Double_precision_is_the_librarys()
    {
        double[] x = [-745.2, -1, 0, 0.5, 700];
        double[] y = new double[5];
        double sum = Exponential.Apply<double>(x, y, 1, 0);
        for (int i = 0; i < 5; i++)
            Assert.Equal(Math.Exp(x[i]), y[i], 1e-15 * Math.Exp(x[i]));
        Assert.Equal(y.Sum(), sum, 1e-14 * sum);
    }
}
