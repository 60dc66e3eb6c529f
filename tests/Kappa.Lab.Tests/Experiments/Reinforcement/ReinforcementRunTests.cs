using System.Text.Json.Nodes;

namespace Kappa.Lab.Tests.Experiments.Reinforcement;

public sealed class ReinforcementRunTests
{
    private static readonly ReinforcementSettings Settings = new()
    {
        Worlds = 3, Iterations = 2, Width = 8, Episodes = 4, Horizon = 10, Window = 1, TuningWorlds = 1, Seeds = 1, LearningRates = [1e-3]
    };

    public static TheoryData<string> Methods => [.. ContinualMethods.All.Select(method => $"{method.Name} {method.Strengths[1]}")];

    [Theory]
    [MemberData(nameof(Methods))]
    public void Every_method_runs_and_an_interrupted_run_goes_on_to_the_same_bits(string method)
    {
        using var temporary = new TemporaryFolder();
        var trial = new ReinforcementTrial(Settings, MethodAtStrengthForm.Parse(method, "methods", Choices.None), 1e-3, 3, Seed: 2);
        string whole = Run(trial, ExperimentRuns.Context(temporary["whole"]));
        using var stop = new CancellationTokenSource();
        // In the third world, two checkpoints were written.
        _ = Assert.ThrowsAny<OperationCanceledException>(() => Run(trial, ExperimentRuns.Context(temporary["cut"], stop.Token, share =>
        {
            if (share > 0.8)
                stop.Cancel();
        })));
        double first = 1;
        Assert.Equal(whole, Run(trial, ExperimentRuns.Context(temporary["cut"], default, share => first = Math.Min(first, share))));
        Assert.Equal(5 / 6.0, first, 1e-9);
    }

    [Fact]
    public void A_world_that_does_not_stay_finite_is_named_and_the_run_goes_on()
    {
        using var temporary = new TemporaryFolder();
        var trial = new ReinforcementTrial(Settings, MethodAtStrengthForm.Parse("adamw 0", "methods", Choices.None), 1e25, 3, Seed: 2);
        var result = new CellResult("", JsonNode.Parse(Run(trial, ExperimentRuns.Context(temporary.FullPath)))!.AsObject());
        Assert.Equal([1, 2, 3], result.Numbers("nonFiniteWorlds"));
        Assert.StartsWith("world 1: ", result.Value["firstFailure"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(6, result.Numbers("returns").Length);
    }

    [Fact]
    public void The_first_world_is_the_ordinary_one_and_the_others_stay_in_their_range()
    {
        Assert.Equal((1, 9.81), ReinforcementRun.WorldOf(Settings, 5, 0));
        var frictions = Enumerable.Range(1, 200).Select(index => ReinforcementRun.WorldOf(Settings, 5, index)).ToArray();
        Assert.All(frictions, world => Assert.InRange(world.Friction, 0.1, 2));
        Assert.True(frictions.Min(world => world.Friction) < 0.12 && frictions.Max(world => world.Friction) > 1.7);
        Assert.All(
            Enumerable.Range(1, 200).Select(index => ReinforcementRun.WorldOf(Settings with { Changes = "gravity" }, 5, index)),
            world => Assert.True(world is { Friction: 1, Gravity: >= 4 and <= 20 }));
    }

    [SkippableFact]
    public void The_crawler_stands_still_without_torque_slides_further_on_ice_and_repeats_to_the_bit()
    {
        Requires.Mujoco();
        double[] Distances(double friction)
        {
            using var crawler = new Crawler(friction);
            var observation = new float[crawler.ObservationSize];
            Assert.Equal((13, 4), (crawler.ObservationSize, crawler.ActionSize));
            crawler.Reset(new Philox(3), observation);
            double start = crawler.Distance;
            for (int step = 0; step < 100; step++)
                Assert.False(crawler.Step([0, 0, 0, 0], observation).IsOver);
            double settled = crawler.Distance;
            double total = 0;
            for (int step = 0; step < 100; step++)
            {
                float push = MathF.Sin(0.6f * step);
                total += crawler.Step([push, -push, push, push], observation).Reward;
            }

            return [settled - start, crawler.Distance - settled, total];
        }

        double[] rough = Distances(1);
        Assert.Equal(rough, Distances(1));
        Assert.InRange(Math.Abs(rough[0]), 0, 0.5);
        Assert.NotEqual(rough[1], Distances(0.1)[1]);
        // The reward is the speed, five hundredths of a second at a time, less a tenth of the mean square of the torques.
        double effort = Enumerable.Range(0, 100).Sum(step => 0.1 * Math.Pow(MathF.Sin(0.6f * step), 2));
        Assert.Equal((rough[1] / 0.05) - effort, rough[2], 1e-4);
    }

    [SkippableFact]
    public void A_small_experiment_runs_from_tuning_to_its_tables()
    {
        Requires.Mujoco();
        using var temporary = new TemporaryFolder();
        var experiment = new ReinforcementExperiment();
        var settings = experiment.Settings(ExperimentScale.Short);
        foreach (var (field, value) in new (string, JsonNode)[]
        {
            ("worlds", 2), ("iterations", 2), ("width", 8), ("episodes", 4), ("horizon", 10), ("window", 1), ("tuningWorlds", 1), ("seeds", 2),
            ("methods", new JsonArray("adamw 0", "adamo 0.1"))
        })
            settings[field] = value;
        var plan = experiment.Plan(settings, KappaCatalog.Choices);
        var findings = plan.Conclude(ExperimentRuns.Run(experiment, temporary["run"], 2, settings));
        Assert.Equal(2, findings.Sections[0].Table!.Rows.Count);
        Assert.All(findings.Sections.SelectMany(section => section.Plots).SelectMany(plot => plot.Lines), line => Assert.Equal(line.X.Count, line.Y.Count));
    }

    [Fact]
    public void Settings_that_cannot_be_are_rejected_by_name()
    {
        foreach (var (settings, name) in new (ReinforcementSettings, string)[]
        {
            (Settings with { Changes = "colour" }, "changes"), (Settings with { Worlds = 0 }, "worlds"), (Settings with { Window = 2 }, "window"),
            (Settings with { Methods = [] }, "methods"),
            (Settings with { LearningRates = [] }, "learningRates"), (Settings with { Target = 0 }, "target"),
        })
        {
            Assert.StartsWith(
                name + ": ", Assert.Throws<ConfigException>(() => SettingsOf<ReinforcementSettings>.Check(settings)).Message, StringComparison.Ordinal);
        }
    }

    private static string Run(ReinforcementTrial trial, CellContext context) => ReinforcementRun.Run(trial, (_, _) => new PointMass(), context).ToJsonString();
}
