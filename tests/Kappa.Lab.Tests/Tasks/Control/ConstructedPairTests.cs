namespace Kappa.Lab.Tests.Tasks.Control;

public class ConstructedPairTests
{
    [Theory]
    [InlineData(0, 1e4)]
    [InlineData(1, 1e4)]
    [InlineData(2, 1e4)]
    [InlineData(3, 1e2)]
    [InlineData(4, 1e2)]
    public void The_policy_with_the_lower_validation_loss_has_the_worse_closed_loop(int seed, double condition)
    {
        var pair = Systems.Prepare($$"""{"systemSeed": {{seed}}, "condition": {{condition}}}""").Pair;
        Assert.True(pair.FragileValidationLoss * 3 < pair.RobustValidationLoss);
        Assert.True(pair.FragileCosts[^1] > 3 * pair.RobustCosts[^1]);
        Assert.Equal(ConstructedPair.TargetRatio, pair.FragileCosts[^1], 1e-6);
        Assert.InRange(pair.RobustCosts[^1], 0.99, condition == 1e4 ? 1.05 : 3);
        Assert.Equal(100, pair.FragileCosts.Length);
        Assert.Equal(100, pair.RobustCosts.Length);
        Assert.Contains("costs 10.00 times as much", pair.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void The_excess_loss_is_what_the_validation_loss_of_the_sample_estimates()
    {
        var task = Systems.Prepare("""{"validationExamples": 100000}""");
        var gain = task.DemonstratorGain * 0.5;
        double sampled = task.Demonstrations.ValidationStates.Mapped(gain).MeanSquaredDifference(task.Demonstrations.ValidationActions);
        double exact = ConstructedPair.ExcessLoss(gain, task.DemonstratorGain, task.Demonstrations.Covariance);
        Assert.Equal(exact, sampled, exact * 0.02);
    }
}
