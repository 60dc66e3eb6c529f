using System.Text.Json;

namespace Kappa.Lab.Tests.Tasks.Flow;

/// <summary>The task on the checkerboard, which needs no data set.</summary>
[Collection(ThreadCountCollection.Name)]
public sealed class FlowTaskTests
{
    private const string Small =
        """{"data": "checkerboard", "examples": 2000, "samples": 400, "validationExamples": 200, "steps": [1, 20], "directions": 16}""";

    [Fact]
    public void A_trained_model_makes_points_that_lie_on_the_board_better_than_noise_does()
    {
        var task = Prepare(Small);
        Assert.Equal(("total variation, 20 Euler steps", false, 200_000), (task.MetricName, task.HigherIsBetter, task.TrainingCount));
        var model = task.CreateModel(null, new Philox(1));
        const int Steps = 1000;
        var before = task.Deploy(model, CancellationToken.None);
        var order = new BatchOrder(task.TrainingCount, 128, new Philox(2));
        TrainingLoop loop = null!;
        var optimizer = new Muon(model.Parameters(), 0.03) { Schedule = new ScheduleConfig { Warmup = 50, Decay = "cosine" }.Over(Steps) };
        loop = new TrainingLoop(optimizer, () => task.TrainingLoss(model, order.Of((int)loop.Step)));
        double loss = task.ValidationLoss(model);
        loop.Run(Steps, CancellationToken.None);
        var after = task.Deploy(model, CancellationToken.None);
        Assert.True(task.ValidationLoss(model) < 0.9 * loss, $"validation loss {loss}, then {task.ValidationLoss(model)}");
        Assert.True(after.Metric < 0.7 * before.Metric, $"total variation {before.Metric}, then {after.Metric}");
        Assert.True(after.Scalars["share on dark squares"] > 0.53, $"{after.Scalars["share on dark squares"]}");
        var (far, near) = (before.Scalars["sliced Wasserstein distance"], after.Scalars["sliced Wasserstein distance"]);
        Assert.True(near < 0.3 * far, $"sliced Wasserstein distance {far}, then {near}");
        Assert.Equal(0, after.Scalars["lost samples, most"]);
        // One step of Euler goes to the mean of the data, whatever the loss is; twenty do not.
        Assert.Equal(["total variation, Euler", "share on dark squares, Euler", "sliced Wasserstein distance, Euler", "total variation, Heun"],
            after.Curves.Take(4).Select(curve => curve.Name));
        Assert.All(after.Curves, curve => Assert.Equal([1.0, 20], curve.Horizons));
        Assert.Equal(after.Metric, after.Curves[0].Values[1]);
        Assert.True(after.Curves[0].Values[0] > after.Metric);
        var picture = Assert.Single(after.Pictures);
        Assert.Equal(picture.Width * picture.Height, picture.Pixels.Length);
        Assert.InRange(picture.Pixels.Count(pixel => pixel == 255), 300, 400);
    }

    [Fact]
    public void Held_out_pairs_are_perturbed_in_their_points_and_not_in_their_times()
    {
        var task = Prepare(Small);
        var model = (Sequential)task.CreateModel(new ModelConfig { Hidden = [4] }, new Philox(1));
        using var quiet = NoGradient.Begin();
        double Plain() => task.HeldOutLoss!(model).ToDouble();
        double Perturbed() => task.PerturbedLoss!(model, CancellationToken.None);
        Assert.Equal(task.ValidationLoss(model), Plain(), 5);
        Assert.NotEqual(Plain(), Perturbed());
        Assert.Equal([200, 3], task.HeldOutInputs!.Shape.ToArray());
        // A model that does not see the points.
        var first = model.Parameters()[0].Tensor;
        for (int row = 0; row < first.Shape[0]; row++)
            first.Values<float>().Slice(row * first.Shape[1], 2).Clear();
        Assert.Equal(Plain(), Perturbed());
    }

    [Fact]
    public void Samples_that_go_to_infinity_are_counted_and_every_figure_stays_a_number()
    {
        var task = Prepare(Small);
        var model = (Sequential)task.CreateModel(new ModelConfig { Hidden = [4] }, new Philox(1));
        foreach (float size in new[] { float.NaN, float.PositiveInfinity, 1e30f, 3000 })
        {
            foreach (var (_, tensor) in model.Parameters())
                tensor.Values<float>().Fill(size);
            var deployment = task.Deploy(model, CancellationToken.None);
            Assert.Equal((1, 1, 1), (deployment.Metric, deployment.Scalars["lost samples"], deployment.Scalars["lost samples, most"]));
            Assert.Equal(FlowJudge.Worst, deployment.Scalars["sliced Wasserstein distance"]);
            Assert.All(deployment.Curves.SelectMany(curve => curve.Values), value => Assert.True(double.IsFinite(value)));
        }
    }

    [Fact]
    public void Of_samples_that_are_lost_in_part_shares_count_them_and_distances_are_the_worst()
    {
        var judge = new BoardJudge(new FlowSettings { Data = FlowSettings.Board }, new Philox(1));
        var points = BoardJudge.Points(300, new Philox(2));
        var (all, none) = judge.Of(points, CancellationToken.None);
        Assert.Equal((0, 1), (none, all[1]));
        float[] values = [.. points.Values];
        (values[0], values[11], values[20]) = (float.NaN, float.NegativeInfinity, 1e4f);
        var (some, lost) = judge.Of(new PointSet(values, 2), CancellationToken.None);
        Assert.Equal((3, 0.99), (lost, some[1]));
        Assert.Equal(FlowJudge.Worst, some[2]);
        Assert.InRange(some[0], all[0] - 0.02, all[0] + 0.02);
    }

    [Fact]
    public void Whitened_inputs_have_covariance_one_over_all_noises_and_times_and_the_time_stays()
    {
        var task = Prepare("""{"data": "checkerboard", "examples": 10000, "draws": 4}""");
        var whitening = task.CreateWhitening()!;
        var examples = BoardJudge.Points(10_000, new Philox(0).Split("flow").Split("training points"));
        var (inputs, _) = new FlowPairs(examples, 4, areTimesEven: false, new Philox(7)).Of([.. Enumerable.Range(0, 40_000)]);
        float[] before = inputs.ToArray<float>(), after = whitening.Forward(inputs).ToArray<float>();
        var white = new PointSet([.. Enumerable.Range(0, 40_000).SelectMany(row => new[] { after[3 * row], after[(3 * row) + 1] })], 2);
        var fit = GaussianFit.Of(white);
        Assert.All(fit.Mean, value => Assert.Equal(0, value, 0.02));
        Assert.Equal(1, fit.Covariance[0, 0], 0.04);
        Assert.Equal(1, fit.Covariance[1, 1], 0.04);
        Assert.Equal(0, fit.Covariance[0, 1], 0.03);
        Assert.All(Enumerable.Range(0, 40_000), row => Assert.Equal(before[(3 * row) + 2], after[(3 * row) + 2]));
    }

    [Fact]
    public void A_comparison_resumes_to_the_same_bits_and_does_not_depend_on_the_number_of_threads()
    {
        using var folder = new TemporaryFolder();
        var config = ComparisonConfig.Parse(
            $$"""
            { "name": "flow", "task": { "name": "flow", {{Small[1..]}}, "model": { "hidden": [16, 16], "activation": "silu" },
              "optimizers": [ { "name": "dopr-adamw" }, { "name": "muon" }, { "name": "adamw", "whiten": true } ],
              "learningRates": [0.01], "seeds": 1, "steps": 30, "batchSize": 64, "checkpointEvery": 10 }
            """, KappaCatalog.Choices);
        // One job takes all threads; several take one each.
        var whole = Run(config, folder["whole"], 1, RunFolderMode.Fresh, null);
        Assert.Equal(3, whole.Count);
        Assert.Equal(Text(whole), Text(Run(config, folder["jobs"], 3, RunFolderMode.Fresh, null)));
        Assert.True(Run(config, folder["stopped"], 1, RunFolderMode.Fresh, 17).Count < 3);
        Assert.Equal(Text(whole), Text(Run(config, folder["stopped"], 1, RunFolderMode.Resume, null)));
    }

    [Fact]
    public void The_report_shows_a_picture_for_each_optimizer_and_what_perfect_samples_would_have()
    {
        using var folder = new TemporaryFolder();
        var config = ComparisonConfig.Parse(
            $$"""
            { "name": "flow", "task": { "name": "flow", {{Small[1..]}}, "model": { "hidden": [8, 8] },
              "optimizers": [ { "name": "adamw" }, { "name": "muon" } ], "learningRates": [0.01], "seeds": 2, "steps": 3, "batchSize": 8 }
            """, KappaCatalog.Choices);
        var task = config.Task.Kind.Prepare(config.Task.Settings, null, CancellationToken.None);
        using var run = Toy.Open(config, folder["run"]);
        var results = new ComparisonRunner(config, task).Run(run, 2, null, CancellationToken.None);
        var outcome = new ComparisonOutcome(config, task, new ComparisonFolder(run), results, Summarizer.Summarize(config, task, results));
        var part = ComparisonReport.Of(outcome);
        var made = part.Findings.Sections.Single(section => section.Title == "What the trained models make");
        Assert.Equal(["AdamW", "Muon"], made.Pictures!.Select(picture => picture.Title.Split(',')[0]));
        var best = results.Where(result => result.Optimizer == "AdamW").MinBy(result => result.Metric)!;
        Assert.Contains($"seed {best.Seed}, ", made.Pictures![0].Title, StringComparison.Ordinal);
        Assert.Equal(best.Pictures![0].Pixels, made.Pictures[0].Pixels);
        var known = part.Findings.Sections.Single(section => section.Title == "What the figures are for sets that are known").Table!;
        Assert.Equal(("points of the density", 1), (known.Rows[0][0].Text, known.Rows[0][2].Value));
        Assert.True(known.Rows[0][1].Value < known.Rows[1][1].Value);
    }

    [Theory]
    [InlineData("""{"side": 9}""", "task.side: expected 8, 14 or 28; got 9")]
    [InlineData("""{"patch": 3}""", "task.patch: expected a divisor of side, 8; got 3")]
    [InlineData("""{"steps": [1, 2], "deployAt": 3}""", "task.deployAt: expected one of the steps, 1, 2; got 3")]
    [InlineData("""{"steps": [0]}""", "task.steps[0]: ")]
    [InlineData("""{"integrators": ["euler", "euler"]}""", "task.integrators: expected each integrator once; got Euler, Euler")]
    [InlineData("""{"integrators": ["rk4"]}""", "task.integrators[0]: ")]
    [InlineData("""{"samples": 3}""", "task.neighbours: expected fewer than the 3 samples; got 3")]
    [InlineData("""{"examples": 1000000, "draws": 1000}""", "task.draws: expected at most 100 for 1000000 examples; got 1000")]
    [InlineData("""{"data": "cats"}""", "task.data: ")]
    public void A_fault_is_named_by_its_path_in_the_task(string settings, string message)
    {
        using var json = JsonDocument.Parse(settings);
        var error = Assert.Throws<ConfigException>(() => new FlowTask().Prepare(json.RootElement, null, CancellationToken.None));
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    internal static PreparedTask Prepare(string settings) =>
        new FlowTask().Prepare(JsonDocument.Parse(settings).RootElement, null, CancellationToken.None);

    private static IReadOnlyList<TrialResult> Run(ComparisonConfig config, string path, int jobs, RunFolderMode mode, int? stopAt)
    {
        var task = config.Task.Kind.Prepare(config.Task.Settings, null, CancellationToken.None);
        using var source = new CancellationTokenSource();
        using var run = Toy.Open(config, path, mode);
        return new ComparisonRunner(config, stopAt is { } step ? new StoppingTask(task, step, source.Cancel) : task).Run(run, jobs, null, source.Token);
    }

    private static string Text(IReadOnlyList<TrialResult> results) => string.Join(
        '\n', results.Select(result => JsonSerializer.Serialize(result with { SecondsPerStep = 0, Metrics = new MetricsMark(0, "") }, RunJson.Exact)));

    /// <summary>Asks to stop when a step of the training begins.</summary>
    private sealed class StoppingTask(PreparedTask inner, int step, Action stop) : PreparedTask
    {
        private int _steps;

        public override string MetricName => inner.MetricName;

        public override bool HigherIsBetter => inner.HigherIsBetter;

        public override string HorizonUnit => inner.HorizonUnit;

        public override int TrainingCount => inner.TrainingCount;

        public override InputTransform? CreateWhitening() => inner.CreateWhitening();

        public override Module CreateModel(ModelConfig? model, Philox generator) => inner.CreateModel(model, generator);

        public override Tensor TrainingLoss(Module model, ReadOnlySpan<int> indices)
        {
            if (++_steps == step)
                stop();
            return inner.TrainingLoss(model, indices);
        }

        public override double ValidationLoss(Module model) => inner.ValidationLoss(model);

        public override Deployment Deploy(Module model, CancellationToken cancellation) => inner.Deploy(model, cancellation);
    }
}
