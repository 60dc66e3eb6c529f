namespace Kappa.Lab.Tests.Tasks.Humanoid;

public sealed class DemonstrationTests
{
    public static TheoryData<string> Scenarios => new(ScenarioCases.Names);

    [SkippableTheory]
    [MemberData(nameof(Scenarios))]
    public void Demonstrations_depend_on_the_seed_and_not_on_the_number_of_threads(string name)
    {
        Requires.Humanoid();
        var scenario = ScenarioCases.Create(name);
        var one = scenario.Generate(3, 11, threads: 1);
        var three = scenario.Generate(3, 11, threads: 3);
        var other = scenario.Generate(3, 12);
        Assert.Equal(one.Observations, three.Observations);
        Assert.Equal(one.Actions, three.Actions);
        Assert.NotEqual(one.Observations, other.Observations);
        Assert.Equal((3000, scenario.ObservationSize, 21, 3), (one.Count, one.ObservationSize, one.ActionSize, one.Trajectories));
        Assert.Equal(3000 * 21, one.Actions.Length);
        Assert.All(one.Observations, o => Assert.True(float.IsFinite(o)));
    }

    [SkippableTheory]
    [MemberData(nameof(Scenarios))]
    public void Labels_are_the_experts_clean_actions_in_the_observed_states(string name)
    {
        Requires.Humanoid();
        var scenario = ScenarioCases.Create(name);
        var demonstrations = scenario.Generate(2, 5);
        float[] actions = new float[demonstrations.Actions.Length];
        scenario.ExpertPolicy()(demonstrations.Observations, demonstrations.Count, actions);
        double worst = 0;
        for (int i = 0; i < actions.Length; i++)
        {
            worst = Math.Max(worst, Math.Abs(actions[i] - demonstrations.Actions[i]));
            Assert.InRange(demonstrations.Actions[i], -1f, 1f);
        }
        Assert.True(worst < 1e-4, $"largest difference {worst}");
    }

    [SkippableFact]
    public void The_last_number_of_a_squat_observation_is_a_bend_within_the_range()
    {
        Requires.Humanoid();
        var demonstrations = HumanoidScenario.SquatTracking().Generate(4, 3);
        float[] bends = [.. Enumerable.Range(0, demonstrations.Count).Select(i => demonstrations.Observations[(i * 55) + 54])];
        Assert.InRange(bends.Min(), 0.05f, 0.4f);
        Assert.InRange(bends.Max(), 0.45f, 0.8f);
    }

    [SkippableFact]
    public void Progress_ends_at_one_and_cancelling_stops()
    {
        Requires.Humanoid();
        var progress = new Record();
        _ = HumanoidScenario.TwoFeetBalance().Generate(2, 1, CancellationToken.None, progress);
        Assert.Equal(1, progress.Values.Last());
        Assert.All(progress.Values, v => Assert.InRange(v, 0, 1));
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        _ = Assert.ThrowsAny<OperationCanceledException>(() => HumanoidScenario.TwoFeetBalance().Generate(2, 1, cancelled.Token));
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => HumanoidScenario.TwoFeetBalance().Generate(0, 1));
    }

    private sealed class Record : IProgress<double>
    {
        public System.Collections.Concurrent.ConcurrentQueue<double> Values { get; } = new();

        public void Report(double value) => Values.Enqueue(value);
    }
}
