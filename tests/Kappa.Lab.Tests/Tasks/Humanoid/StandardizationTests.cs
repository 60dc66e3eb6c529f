namespace Kappa.Lab.Tests.Tasks.Humanoid;

public sealed class StandardizationTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1e3)]
    [InlineData(-1e5)]
    [InlineData(1e6)]
    [InlineData(1e7)]
    public void Features_far_from_zero_keep_their_digits(double offset)
    {
        float[] rows = [.. Enumerable.Range(0, 4).Select(i => (float)(offset + i))];
        Standardization.Fit(rows, 1).ApplyInPlace(rows);
        float[] expected = [-1.3416407f, -0.4472136f, 0.4472136f, 1.3416407f];
        for (int i = 0; i < 4; i++)
            Assert.Equal(expected[i], rows[i], 1e-6f);
    }

    [Fact]
    public void A_feature_that_does_not_vary_is_only_shifted_whatever_its_value_and_number()
    {
        foreach (int count in (int[])[3, 7, 10, 49])
        {
            float[] rows = [.. Enumerable.Repeat(0.1f, count)];
            var standardization = Standardization.Fit(rows, 1);
            float[] other = [0.6f];
            standardization.ApplyInPlace(other);
            Assert.Equal(0.5f, other[0], 1e-6f);
        }
    }
}
