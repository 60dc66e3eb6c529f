namespace Kappa.Lab.Tests.Tasks.Humanoid;

[Collection(Experiments.ThreadCountCollection.Name)]
public sealed class EvaluationTests
{
    public static TheoryData<string> Scenarios => new(ScenarioCases.Names);

    [SkippableTheory]
    [MemberData(nameof(Scenarios))]
    public void The_expert_as_a_policy_of_observations_survives_ten_seconds(string name)
    {
        Requires.Humanoid();
        var scenario = ScenarioCases.Create(name);
        var result = scenario.Evaluate(scenario.ExpertPolicy(), new RolloutOptions { Starts = 8, Seed = 1 });
        Assert.True(result.SuccessFraction >= 0.95, $"success {result.SuccessFraction}");
        Assert.True(result.ExpertSurvivalFraction >= 0.8, $"the expert itself survived {result.ExpertSurvivalFraction}");
        Assert.True(result.ExpertDistance[0] < 1e-5);
        Assert.True(result.MeanActionDeviation < 1e-4);
        Assert.True(result.MeanReturn > 9);
        Assert.Equal(result.ExpertMeanReturn, result.MeanReturn, 0.1);
        Assert.Equal(20, result.Horizons.Length);
        Assert.Equal(10, result.Horizons[^1], 9);
    }

    [SkippableTheory]
    [MemberData(nameof(Scenarios))]
    public void Results_do_not_depend_on_other_evaluations(string name)
    {
        Requires.Humanoid();
        var scenario = ScenarioCases.Create(name);
        var options = new RolloutOptions { Starts = 5, Seconds = 1.5, ControlNoise = 0.05, Seed = 3 };
        var results = new RolloutResult[4];
        results[0] = scenario.Evaluate(Clumsy(scenario), options);
        _ = Parallel.For(1, 4, i => results[i] = ScenarioCases.Create(name).Evaluate(Clumsy(scenario), options));
        foreach (var result in results)
        {
            Assert.Equal(results[0].SurvivalSeconds, result.SurvivalSeconds);
            Assert.Equal(results[0].ExpertDistance, result.ExpertDistance);
            Assert.Equal(results[0].Returns, result.Returns);
            Assert.Equal(results[0].MeanActionDeviation, result.MeanActionDeviation);
        }
        var other = scenario.Evaluate(Clumsy(scenario), options with { Seed = 4 });
        Assert.NotEqual(results[0].Returns, other.Returns);
    }

    [SkippableTheory]
    [MemberData(nameof(Scenarios))]
    public void Results_do_not_depend_on_the_number_of_threads(string name)
    {
        Requires.Humanoid();
        int before = ComputeThreads.Count;
        try
        {
            RolloutResult[] results =
            [
                .. new[] { 1, 2, 3 }.Select(threads =>
                {
                    ComputeThreads.Count = threads;
                    var scenario = ScenarioCases.Create(name);
                    return scenario.Evaluate(Clumsy(scenario), new RolloutOptions { Starts = 7, Seconds = 1.5, ControlNoise = 0.05, Seed = 3 });
                }),
            ];
            foreach (var result in results[1..])
            {
                Assert.Equal(results[0].SurvivalSeconds, result.SurvivalSeconds);
                Assert.Equal(results[0].Returns, result.Returns);
                Assert.Equal(results[0].ExpertDistance, result.ExpertDistance);
                Assert.Equal(results[0].MeanActionDeviation, result.MeanActionDeviation);
            }
        }
        finally
        {
            ComputeThreads.Count = before;
        }
    }

    [SkippableFact]
    public void A_rollout_equals_a_plain_loop_over_one_simulation()
    {
        Requires.Humanoid();
        var scenario = HumanoidScenario.SquatTracking();
        var expert = scenario.Expert;
        float[] constant = [.. Enumerable.Range(0, 21).Select(i => 0.02f * (i % 5))];
        var options = new RolloutOptions { Starts = 4, Seconds = 1, HorizonStep = 0.05, Seed = 8 };
        var result = scenario.Evaluate((_, batch, actions) =>
        {
            for (int row = 0; row < batch; row++)
                constant.CopyTo(actions[(row * 21)..]);
        }, options);

        using var data = expert.Robot.Model.CreateData();
        var stream = new Kappa.Randomness.Philox(8).Split(scenario.Name).Split("evaluation");
        for (int start = 0; start < 4; start++)
        {
            var begin = scenario.DrawStart(expert, stream.Split(start));
            data.Reset();
            begin.Position.CopyTo(data.Position);
            begin.Velocity.CopyTo(data.Velocity);
            double survived = 1;
            for (int step = 1; step <= 200; step++)
            {
                data.Step(Array.ConvertAll(constant, c => (double)c));
                if (data.Position[2] < 0.8 * expert.ReferenceHeight(begin.Command.At(step * 0.005)))
                {
                    survived = step * 0.005;
                    break;
                }
            }
            Assert.Equal(survived, result.SurvivalSeconds[start], 9);
        }
        Assert.Contains(RolloutEnding.Fell, result.Endings);
    }

    [SkippableFact]
    public void Rollouts_that_share_a_simulation_keep_every_bit_of_their_own()
    {
        Requires.Humanoid();
        var scenario = HumanoidScenario.SquatTracking();
        var expert = scenario.Expert;
        var stream = new Kappa.Randomness.Philox(2);
        var starts = Enumerable.Range(0, 3).Select(i => scenario.DrawStart(expert, stream.Split(i))).ToArray();
        var rollouts = starts.Select(s => new HumanoidRollout(expert, s, 0)).ToArray();
        using var shared = expert.Robot.Model.CreateData();
        double[] action = new double[21];
        for (int step = 0; step < 300; step++)
        {
            foreach (var rollout in rollouts)
                rollout.AdvanceExpert(shared, action);
        }

        foreach (var (start, rollout) in starts.Zip(rollouts))
        {
            using var own = expert.Robot.Model.CreateData();
            start.Position.CopyTo(own.Position);
            start.Velocity.CopyTo(own.Velocity);
            for (int step = 0; step < 300; step++)
            {
                expert.Act(start.Command.At(step * 0.005), own.Position, own.Velocity, action);
                own.Step(action);
            }
            Assert.Equal(own.Position.ToArray(), rollout.Position);
            Assert.Equal(own.Velocity.ToArray(), rollout.Velocity);
        }
    }

    [SkippableFact]
    public void Survival_falls_with_the_horizon_and_distances_of_the_fallen_stay_large()
    {
        Requires.Humanoid();
        var scenario = HumanoidScenario.TwoFeetBalance();
        var result = scenario.Evaluate((_, _, actions) => actions.Clear(), new RolloutOptions { Starts = 6, Seconds = 2, HorizonStep = 0.1 });
        Assert.Equal(0, result.SuccessFraction);
        Assert.All(result.Endings, e => Assert.Equal(RolloutEnding.Fell, e));
        for (int h = 0; h < result.Horizons.Length; h++)
        {
            double expected = result.SurvivalSeconds.Average(s => s > result.Horizons[h] + 1e-9 ? 1.0 : 0.0);
            Assert.Equal(expected, result.SurvivalFraction[h], 12);
        }
        Assert.Equal(1, result.SurvivalFraction[0]);
        Assert.True(result.ExpertDistance[^1] > 0.1);
        Assert.True(result.MeanReturn < result.ExpertMeanReturn);
    }

    [SkippableFact]
    public void A_policy_of_chunks_looks_once_for_each_and_plays_its_actions_in_order()
    {
        Requires.Humanoid();
        var scenario = HumanoidScenario.TwoFeetBalance();
        var options = new RolloutOptions { Starts = 3, Seconds = 0.5 };
        var asked = new List<int>();
        static float Action(int step, int motor) => 0.01f * ((step + motor) % 7);
        var chunks = scenario.Evaluate(
            (step, rollouts, _, actions) =>
            {
                asked.Add(step);
                for (int i = 0; i < actions.Length; i++)
                    actions[i] = Action(step + (i / 21 % 30), i % 21);
            },
            30, options);
        int now = 0;
        var single = scenario.Evaluate(
            (_, batch, actions) =>
            {
                for (int i = 0; i < actions.Length; i++)
                    actions[i] = Action(now, i % 21);
                now++;
            },
            options);
        Assert.Equal([0, 30, 60, 90], asked);
        Assert.Equal(single.ExpertDistance, chunks.ExpertDistance);
        Assert.Equal(single.Returns, chunks.Returns);
    }

    [SkippableTheory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public void An_action_that_is_not_finite_ends_its_rollout_and_no_other(float bad)
    {
        Requires.Humanoid();
        var scenario = HumanoidScenario.TwoFeetBalance();
        var good = scenario.ExpertPolicy();
        int calls = 0;
        var result = scenario.Evaluate((observations, batch, actions) =>
        {
            good(observations, batch, actions);
            if (++calls == 11)
                actions[(1 * 21) + 7] = bad;
        }, new RolloutOptions { Starts = 3, Seconds = 1 });
        Assert.Equal([RolloutEnding.Survived, RolloutEnding.NonFiniteAction, RolloutEnding.Survived], result.Endings);
        Assert.Equal(0.05, result.SurvivalSeconds[1], 9);
        Assert.Equal(2.0 / 3, result.SuccessFraction, 12);
        Assert.All(result.ExpertDistance, d => Assert.True(double.IsFinite(d)));
    }

    [SkippableFact]
    public void A_policy_that_never_gives_a_finite_action_has_no_deviation_rather_than_a_wrong_one()
    {
        Requires.Humanoid();
        var result = HumanoidScenario.TwoFeetBalance().Evaluate(
            (_, _, actions) => actions.Fill(float.NaN), new RolloutOptions { Starts = 2, Seconds = 0.5 });
        Assert.All(result.Endings, e => Assert.Equal(RolloutEnding.NonFiniteAction, e));
        Assert.Null(result.MeanActionDeviation);
        Assert.Equal(0, result.MeanReturn);
        Assert.All(result.SurvivalFraction, f => Assert.Equal(0, f));
    }

    [SkippableFact]
    public void A_linear_least_squares_policy_balances_because_the_expert_is_linear()
    {
        Requires.Humanoid();
        var scenario = HumanoidScenario.TwoFeetBalance();
        var policy = LinearPolicy.Fit(scenario.Generate(20, 1));
        var result = scenario.Evaluate(policy, new RolloutOptions { Starts = 20, Seed = 7 });
        Assert.True(result.SuccessFraction >= 0.9, $"success {result.SuccessFraction}");
    }

    [Theory]
    [InlineData("Starts")]
    [InlineData("Seconds")]
    [InlineData("ControlNoise")]
    [InlineData("HorizonStep")]
    public void An_option_out_of_range_is_named(string property)
    {
        var options = property switch
        {
            "Starts" => new RolloutOptions { Starts = 0 },
            "Seconds" => new RolloutOptions { Seconds = double.NaN },
            "ControlNoise" => new RolloutOptions { ControlNoise = -0.1 },
            _ => new RolloutOptions { HorizonStep = 0 },
        };
        Assert.Equal(property, Assert.Throws<ArgumentOutOfRangeException>(options.Validate).ParamName);
    }

    // The expert with half its strength: alive for a while, and off its course.
    private static PolicyFunction Clumsy(HumanoidScenario scenario)
    {
        var expert = scenario.ExpertPolicy();
        return (observations, batch, actions) =>
        {
            expert(observations, batch, actions);
            foreach (ref float action in actions)
                action *= 0.5f;
        };
    }
}
