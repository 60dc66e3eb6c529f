namespace Kappa.Lab.Tests.Tasks.CartPole;

public sealed class ExpertTests
{
    private static readonly RolloutOptions Options = new() { Seconds = 6, ControlNoise = 0.1, Seed = 11 };

    [SkippableTheory]
    [InlineData(0)]
    [InlineData(0.1)]
    public void The_expert_swings_up_and_holds_from_every_start(double noise)
    {
        Requires.Mujoco();
        var starts = CartPoleScenario.Demonstrate(6, Options with { ControlNoise = noise }, "test", CancellationToken.None);
        Assert.Equal(6, starts.Drawn);
        Assert.All(starts.Expert, one =>
        {
            // It begins hanging.
            Assert.True(Math.Cos(one.Rollout.States[0].Angle) < -0.8);
            Assert.True(CartPoleScenario.IsSuccess(one.Rollout, 300));
            Assert.All(one.Actions, action => Assert.InRange(action, -1f, 1f));
        });
    }

    [SkippableFact]
    public void Demonstrations_depend_on_seed_and_purpose_and_not_on_the_number_of_threads()
    {
        Requires.Mujoco();
        var one = CartPoleScenario.Demonstrate(4, Options, "test", CancellationToken.None, threads: 1).SeenBy(CartPoleEye.OfState);
        var two = CartPoleScenario.Demonstrate(4, Options, "test", CancellationToken.None, threads: 2).SeenBy(CartPoleEye.OfState);
        var other = CartPoleScenario.Demonstrate(4, Options, "other", CancellationToken.None).SeenBy(CartPoleEye.OfState);
        Assert.Equal(one.Observations, two.Observations);
        Assert.Equal(one.Actions, two.Actions);
        Assert.NotEqual(one.Observations, other.Observations);
        Assert.Equal((1200, 5, 1, 4), (one.Count, one.ObservationSize, one.ActionSize, one.Trajectories));
    }

    [SkippableFact]
    public void Starts_that_the_expert_fails_are_drawn_anew_and_counted()
    {
        Requires.Mujoco();
        var starts = CartPoleScenario.Demonstrate(6, Options with { Seconds = 3.2, ControlNoise = 0.1 }, "test", CancellationToken.None);
        Assert.Equal(6, starts.Expert.Length);
        Assert.True(starts.DrawnAnew > 0);
        Assert.All(starts.Expert, one => Assert.True(CartPoleScenario.IsSuccess(one.Rollout, 160)));
    }

    [SkippableFact]
    public void An_expert_that_fails_too_often_is_an_error_that_says_what_to_change()
    {
        Requires.Mujoco();
        var error = Assert.Throws<ConfigException>(
            () => CartPoleScenario.Demonstrate(2, Options with { Seconds = 3, ControlNoise = 1 }, "test", CancellationToken.None));
        Assert.Contains("give more seconds or less noise", error.Message, StringComparison.Ordinal);
        Assert.Contains("under noise of 1 ", error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Cancelling_stops_the_search()
    {
        Requires.Mujoco();
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        _ = Assert.ThrowsAny<OperationCanceledException>(() => CartPoleScenario.Demonstrate(5, Options, "test", cancelled.Token));
    }
}
