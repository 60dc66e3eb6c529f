namespace Kappa.Lab.Tests.Tasks.Text;

public sealed class TokenSamplerTests
{
    private static readonly float[] Logits = [0.5f, 2f, -1f, 1f, 2f];

    [Fact]
    public void Temperature_0_takes_the_likeliest_and_of_equal_ones_the_first() =>
        Assert.Equal(1, new TokenSampler(new SamplingOptions { Temperature = 0 }, 5, null, new Philox(0)).Next(Logits));

    [Theory]
    [InlineData(1.0, 0, null)]
    [InlineData(0.5, 0, null)]
    [InlineData(2.0, 3, null)]
    [InlineData(1.0, 2, 4)]
    public void Draws_are_as_frequent_as_the_softmax_says(double temperature, int topK, int? never)
    {
        const int Draws = 20_000;
        var sampler = new TokenSampler(new SamplingOptions { Temperature = temperature, TopK = topK }, 5, never, new Philox(3));
        int[] counts = new int[5];
        for (int i = 0; i < Draws; i++)
            counts[sampler.Next(Logits)]++;
        int[] allowed = [
            .. Enumerable.Range(0, 5).Where(token => token != never).OrderByDescending(token => Logits[token]).ThenBy(token => token).Take(
                topK == 0 ? 5 : topK)];
        double sum = allowed.Sum(token => Math.Exp(Logits[token] / temperature));
        for (int token = 0; token < 5; token++)
        {
            double p = allowed.Contains(token) ? Math.Exp(Logits[token] / temperature) / sum : 0;
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
    }
}
