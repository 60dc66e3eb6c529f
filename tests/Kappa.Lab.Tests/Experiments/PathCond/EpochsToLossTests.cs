namespace Kappa.Lab.Tests.Experiments.PathCond;

public sealed class EpochsToLossTests
{
    [Theory]
    [InlineData(new[] { 4.0, 3, 2, 1 }, new[] { 4.0, 1, 0.5, 0.2 }, 2)]
    [InlineData(new[] { 4.0, 1, 2, 3 }, new[] { 4.0, 3, 2, 1 }, 0.5)]
    [InlineData(new[] { 4.0, 3, 2, 1 }, new[] { 4.0, 3, 2, 1 }, 1)]
    [InlineData(new[] { 4.0, 3, 2, 1 }, new[] { 4.0, 3, 2, 1.01 }, 0)]
    [InlineData(new[] { 4.0, 3, double.NaN, double.NaN }, new[] { 3.0, 2, 1, 1 }, 2)]
    [InlineData(new[] { 4.0, 3, 2, 1 }, new[] { double.NaN, double.NaN, double.NaN, double.NaN }, 0)]
    [InlineData(new[] { double.NaN, double.NaN }, new[] { 1.0, 1 }, double.NaN)]
    public void Speedup_is_the_ratio_of_the_epochs_to_the_plain_networks_best_loss(double[] plain, double[] other, double expected) =>
        Assert.Equal(expected, EpochsToLoss.Speedup(plain, other));

    [Theory]
    [InlineData(new[] { 4.0, 3, 2, 1 }, new[] { 4.0, 1, 0.5, 0.2 }, 2)]
    [InlineData(new[] { 4.0, 1, 0.5, 0.2 }, new[] { 4.0, 3, 2, 1 }, 0.5)]
    [InlineData(new[] { 4.0, 3, 2, 1 }, new[] { 4.0, 3, 2, 1.01 }, 1)]
    [InlineData(new[] { 4.0, 3 }, new[] { double.NaN, double.NaN }, double.NaN)]
    public void To_a_loss_both_reach_favours_neither(double[] plain, double[] other, double expected) =>
        Assert.Equal(expected, EpochsToLoss.ToCommonLoss(plain, other));

    [Fact]
    public void A_row_counts_who_is_faster_and_who_never_gets_there()
    {
        double[] plain = [4, 3, 2, 1];
        var row = EpochsToLoss.Row(
            ["8-8", "pathcond"], [(plain, [4, 1, 1, 1]), (plain, [1, 1, 1, 1]), (plain, plain), (plain, [4, 4, 4, 2]), ([double.NaN], [1])]);
        Assert.Equal(["8-8", "pathcond"], row.Take(2));
        Assert.StartsWith("1.5 [", row[2], StringComparison.Ordinal);
        Assert.StartsWith("1.5 [", row[3], StringComparison.Ordinal);
        Assert.Equal(["2 / 1 / 1", "1"], row.Skip(4));
    }
}
