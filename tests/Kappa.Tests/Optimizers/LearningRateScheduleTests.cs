using Kappa.Optimizers;

namespace Kappa.Tests.Optimizers;

public sealed class LearningRateScheduleTests
{
    [Fact]
    public void The_first_step_of_a_warm_up_of_four_has_a_quarter_and_the_fourth_has_all()
    {
        var schedule = LearningRateSchedule.Warmup(4);
        Assert.Equal([0.25, 0.5, 0.75, 1, 1, 1], Enumerable.Range(0, 6).Select(step => schedule.Factor(step)));
    }

    [Fact]
    public void A_constant_schedule_is_one_everywhere()
    {
        Assert.All([0L, 1, 1_000_000], step => Assert.Equal(1, LearningRateSchedule.Constant.Factor(step)));
    }

    [Theory]
    [InlineData(9, 1)]
    [InlineData(10, 1)]
    [InlineData(35, 0.1 + (0.9 * 0.8535533905932737))]
    [InlineData(60, 0.55)]
    [InlineData(110, 0.1)]
    [InlineData(5000, 0.1)]
    public void A_cosine_has_its_closed_form(long step, double expected)
    {
        Assert.Equal(expected, LearningRateSchedule.WarmupCosine(10, 110, 0.1).Factor(step), 1e-15);
    }

    [Theory]
    [InlineData(10, 1)]
    [InlineData(35, 0.775)]
    [InlineData(60, 0.55)]
    [InlineData(109, 0.109)]
    [InlineData(110, 0.1)]
    public void A_linear_fall_has_its_closed_form(long step, double expected)
    {
        Assert.Equal(expected, LearningRateSchedule.WarmupLinear(10, 110, 0.1).Factor(step), 1e-15);
    }

    [Fact]
    public void Without_a_warm_up_the_fall_begins_at_step_zero()
    {
        Assert.Equal([1, 0.5, 0, 0], Enumerable.Range(0, 4).Select(step => LearningRateSchedule.WarmupLinear(0, 2).Factor(step)));
    }

    [Fact]
    public void Impossible_lengths_and_floors_are_named()
    {
        Assert.Contains(
            "more steps than its warm-up of 10; got 10", Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.WarmupCosine(10, 10)).Message);
        Assert.Contains("a factor from 0 to 1; got 2", Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.WarmupLinear(1, 10, 2)).Message);
        Assert.Contains(
            "a factor from 0 to 1; got NaN", Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.WarmupLinear(1, 10, double.NaN)).Message);
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.Warmup(-1));
    }

    [Fact]
    public void A_schedule_describes_itself()
    {
        Assert.Equal("warm-up over 10 steps, then cosine to 0.1 at step 110", $"{LearningRateSchedule.WarmupCosine(10, 110, 0.1)}");
        Assert.Equal("constant", $"{LearningRateSchedule.Constant}");
    }
}
