namespace Kappa.Lab.Tests.Tasks.CartPole;

public sealed class EvaluationTests
{
    private static readonly RolloutOptions Options = new() { Starts = 5, Seconds = 3, Seed = 2 };

    // The expert searches the starts of the options once for all tests.
    private static readonly CartPoleScenario Scenario = new();

    [SkippableTheory]
    [InlineData(1)]
    [InlineData(7)]
    public void Rollouts_are_a_plain_loop_over_one_simulation_whatever_the_number_of_threads(int chunk)
    {
        Requires.Mujoco();
        var one = Scenario.Evaluate(Wavy, CartPoleEye.OfState, chunk, Options, CancellationToken.None, threads: 1);
        var three = new CartPoleScenario().Evaluate(Wavy, CartPoleEye.OfState, chunk, Options, CancellationToken.None, threads: 3);
        using var data = CartPolePhysics.Model.CreateData();
        var starts = Scenario.StartsOf(Options, CancellationToken.None);
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(one.Rollouts[i].States, three.Rollouts[i].States);
            var state = starts.Expert[i].Rollout.States[0];
            (data.Position[0], data.Position[1], data.Velocity[0], data.Velocity[1]) = (state.Place, state.Angle, state.Speed, state.Rotation);
            float[] plan = new float[chunk];
            for (int step = 0; step < one.Rollouts[i].Steps; step++)
            {
                if (step % chunk == 0)
                {
                    float[] seen = new float[5];
                    CartPoleEye.OfState.Observe([new(data.Position[0], data.Position[1], data.Velocity[0], data.Velocity[1])], seen);
                    Wavy(step, [i], seen, plan);
                }
                data.Step([Math.Clamp(plan[step % chunk], -1, 1)]);
            }
            Assert.Equal(
                new CartPoleState(data.Position[0], data.Position[1], data.Velocity[0], data.Velocity[1]), one.Rollouts[i].States[one.Rollouts[i].Steps]);
        }
        Assert.Equal(one.MeanReturns, three.MeanReturns);
        Assert.Equal(one.TipDistance, three.TipDistance);
    }

    [SkippableFact]
    public void A_policy_looks_once_for_each_chunk()
    {
        Requires.Mujoco();
        var asked = new List<int>();
        _ = Scenario.Evaluate(
            (step, _, _, chunks) =>
            {
                asked.Add(step);
                chunks.Clear();
            },
            CartPoleEye.OfState, 40, Options, CancellationToken.None);
        Assert.Equal([0, 40, 80, 120], asked);
    }

    [SkippableTheory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public void An_action_that_is_not_finite_ends_its_rollout_and_no_other(float bad)
    {
        Requires.Mujoco();
        var result = Scenario.Evaluate(
            (step, rollouts, _, chunks) =>
            {
                chunks.Clear();
                if (step == 10)
                    chunks[rollouts.IndexOf(1)] = bad;
            },
            CartPoleEye.OfState, 1, Options, CancellationToken.None);
        Assert.Equal([300 / 2, 10, 150, 150, 150], result.Rollouts.Select(rollout => rollout.Steps));
        Assert.Equal(CartPoleEnding.NonFiniteAction, result.Rollouts[1].Ending);
        Assert.Equal(0.2, result.ShareOf(CartPoleEnding.NonFiniteAction), 12);
        RequireFinite(result);
    }

    [SkippableFact]
    public void Physics_that_diverges_ends_the_rollout_and_is_counted()
    {
        Requires.Mujoco();
        using var data = CartPolePhysics.Model.CreateData();
        var stream = new Philox(1);
        var good = CartPoleScenario.Demonstrate(1, Options, "test", CancellationToken.None);
        var bad = new CartPoleRollout(0, new CartPoleState(0, 0, 1e15, 0), stream, 0);
        for (int step = 0; step < 20 && bad.GoesOn; step++)
            bad.Advance(data, 0.5);
        Assert.Equal(CartPoleEnding.Diverged, bad.Ending);
        Assert.False(data.HasDiverged);
        var result = new CartPoleResult(Options with { Starts = 1 }, [bad], good);
        Assert.Equal((0, 1), (result.Success, result.ShareOf(CartPoleEnding.Diverged)));
        RequireFinite(result);
    }

    [SkippableFact]
    public void A_cart_that_leaves_the_track_has_failed_and_gains_no_more()
    {
        Requires.Mujoco();
        var result = Scenario.Evaluate(
            (_, _, _, chunks) => chunks.Fill(1), CartPoleEye.OfState, 1, Options, CancellationToken.None);
        Assert.All(result.Rollouts, rollout => Assert.Equal(CartPoleEnding.LeftTrack, rollout.Ending));
        Assert.All(result.Rollouts, rollout => Assert.True(rollout.State.Place > CartPoleModel.Track));
        Assert.Equal(0, result.Success);
        Assert.All(result.Upright[3..], share => Assert.Equal(0, share));
        Assert.Equal(result.MeanReturns[^2], result.MeanReturns[^1]);
        RequireFinite(result);
    }

    [SkippableFact]
    public void The_expert_over_its_own_starts_is_what_a_perfect_policy_gets()
    {
        Requires.Mujoco();
        var starts = Scenario.StartsOf(Options, CancellationToken.None);
        var result = Scenario.Evaluate(
            (step, rollouts, _, chunks) =>
            {
                for (int row = 0; row < rollouts.Length; row++)
                    chunks[row] = starts.Expert[rollouts[row]].Actions[step];
            },
            CartPoleEye.OfState, 1, Options, CancellationToken.None);
        Assert.Equal(1, result.Success);
        Assert.Equal(result.ExpertReturn, result.MeanReturns[^1], 1e-3);
        Assert.All(result.TipDistance, distance => Assert.InRange(distance, 0, 1e-3));
        Assert.Equal(1, result.Upright[^1]);
    }

    private static void Wavy(int step, ReadOnlySpan<int> rollouts, ReadOnlySpan<float> observations, Span<float> chunks)
    {
        int chunk = chunks.Length / rollouts.Length;
        for (int i = 0; i < chunks.Length; i++)
            chunks[i] = observations[i / chunk * 5] + (0.4f * MathF.Sin(0.05f * (step + (i % chunk))));
    }

    private static void RequireFinite(CartPoleResult result)
    {
        foreach (double[] curve in new[] { result.Upright, result.MeanReturns, result.TipDistance })
            Assert.All(curve, value => Assert.True(double.IsFinite(value)));
    }
}
