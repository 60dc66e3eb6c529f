using Kappa.Generation;
using Kappa.Randomness;

namespace Kappa.Tests.Generation;

public sealed class TokenSamplerTests
{
    private static readonly float[] Logits = [0.5f, 2f, -1f, 1f, 2f];

    [Fact]
    public void Temperature_0_takes_the_likeliest_and_of_equal_ones_the_first() =>
        Assert.Equal(1, new TokenSampler(new SamplingOptions { Temperature = 0 }, 5).Next(Logits, new Philox(0)));

    [Theory]
    [InlineData(1.0, 0, 1.0, null)]
    [InlineData(0.5, 0, 1.0, null)]
    [InlineData(2.0, 3, 1.0, null)]
    [InlineData(1.0, 2, 1.0, 4)]
    [InlineData(1.0, 0, 0.8, null)]
    [InlineData(1.0, 0, 0.8, 1)]
    [InlineData(2.0, 4, 0.5, null)]
    [InlineData(1.0, 0, 1e-9, null)]
    public void Draws_are_as_frequent_as_the_softmax_says(double temperature, int topK, double topP, int? never)
    {
        const int Draws = 20_000;
        var sampler = new TokenSampler(new SamplingOptions { Temperature = temperature, TopK = topK, TopP = topP }, 5, never);
        var generator = new Philox(3);
        int[] counts = new int[5];
        for (int i = 0; i < Draws; i++)
            counts[sampler.Next(Logits, generator)]++;
        int[] allowed = [
            .. Enumerable.Range(0, 5).Where(token => token != never).OrderByDescending(token => Logits[token]).ThenBy(token => token).Take(
                topK == 0 ? 5 : topK)];
        double Weight(int token) => Math.Exp(Logits[token] / temperature);
        double all = allowed.Sum(Weight), share = 0;
        allowed = [.. allowed.TakeWhile(token =>
        {
            bool isTaken = share < topP;
            share += Weight(token) / all;
            return isTaken;
        })];
        double sum = allowed.Sum(Weight);
        for (int token = 0; token < 5; token++)
        {
            double p = allowed.Contains(token) ? Weight(token) / sum : 0;
            Assert.True(
                Math.Abs((counts[token] / (double)Draws) - p) <= 4 * Math.Sqrt(p * (1 - p) / Draws),
                $"token {token}: {counts[token]} of {Draws}, expected a share of {p}");
        }
    }

    [Fact]
    public void Settings_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new SamplingOptions { Temperature = double.NaN }.Validate());
        Assert.Throws<ArgumentOutOfRangeException>(() => new SamplingOptions { TopK = -1 }.Validate());
        foreach (double topP in new[] { 0, -0.1, 1.0001, double.NaN })
            Assert.Throws<ArgumentOutOfRangeException>(() => new SamplingOptions { TopP = topP }.Validate());
        Assert.Throws<ArgumentOutOfRangeException>(() => new TokenSampler(new SamplingOptions(), 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TokenSampler(new SamplingOptions(), 5, never: 5));
        Assert.Contains(
            "expected 4 logits", Assert.Throws<ArgumentException>(() => new TokenSampler(new SamplingOptions(), 4).Next(Logits, new Philox(0))).Message,
            StringComparison.Ordinal);
    }
}
