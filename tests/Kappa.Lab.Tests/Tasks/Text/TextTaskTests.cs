using System.Text.Json;

namespace Kappa.Lab.Tests.Tasks.Text;

public sealed class TextTaskTests
{
    [Fact]
    public void An_untrained_model_has_the_loss_of_equal_chances_at_every_position()
    {
        using var folder = new TemporaryFolder();
        var task = Prepare(folder);
        var model = task.CreateModel(null, new Philox(0));
        int vocabulary = SmallRun.Text.EnumerateRunes().Distinct().Count() + 1;
        using var scope = TensorScope.Begin();
        Assert.Equal(Math.Log(vocabulary), task.TrainingLoss(model, [0, 5, 5]).ToDouble(), 5);
        Assert.Equal(Math.Log(vocabulary), task.ValidationLoss(model), 5);
        using var quiet = NoGradient.Begin();
        var deployment = task.Deploy(model, CancellationToken.None);
        Assert.Equal(Math.Log2(vocabulary), deployment.Metric, 4);
        var curve = Assert.Single(deployment.Curves);
        Assert.Equal([1.0, 2, 3, 4, 5, 6, 7, 8], curve.Horizons);
        Assert.All(curve.Values, value => Assert.Equal(Math.Log2(vocabulary), value, 4));
    }

    [Fact]
    public void Optimizers_are_compared_on_text_and_all_learn()
    {
        using var folder = new TemporaryFolder();
        var task = Prepare(folder);
        var config = ComparisonConfig.Parse(
            """
            { "name": "text", "task": { "name": "text" }, "optimizers": [ { "name": "adamw" }, { "name": "dopr-muon", "othersRatio": 0.5 } ],
              "learningRates": [0.02], "seeds": 1, "steps": 60, "batchSize": 8 }
            """, KappaCatalog.Choices);
        using var run = Toy.Open(config, folder["run"]);
        var results = new ComparisonRunner(config, task).Run(run, 2, null, CancellationToken.None);
        Assert.All(results, result => Assert.InRange(result.Metric!.Value, 0, 3.5));
        // The curve is another way to the same mean, over the windows that are measured along the way: here all.
        Assert.All(results, result => Assert.Equal(result.Metric!.Value, result.Curves[0].Values.Average(), 4));
    }

    [Fact]
    public void What_a_model_writes_comes_nearer_to_the_text_with_training_and_is_the_same_every_time()
    {
        using var folder = new TemporaryFolder();
        var task = Prepare(folder, writes: true);
        Assert.Equal(("divergence of what is written", false, "tokens"), (task.MetricName, task.HigherIsBetter, task.HorizonUnit));
        var model = task.CreateModel(null, new Philox(0));
        double Metric()
        {
            using var quiet = NoGradient.Begin();
            var deployment = task.Deploy(model, CancellationToken.None);
            // All measures but those of a judge, which is not trained.
            Assert.Equal(
                ["bits per character", "distinct 4-grams", "distinct 4-grams, real text", "divergence", "divergence, real text", "loss",
                    "n-gram bits per character", "n-gram bits per character, real text", "repetition", "repetition, real text"],
                deployment.Scalars.Keys.Order(StringComparer.Ordinal));
            Assert.Equal(deployment.Metric, deployment.Scalars["divergence"]);
            var curve = deployment.Curves[1];
            Assert.Equal("divergence of what it writes, by tokens written", curve.Name);
            Assert.Equal([8.0, 16, 32], curve.Horizons);
            Assert.All(curve.Values, value => Assert.InRange(value, 0, 1));
            Assert.Equal(deployment.Metric, task.Deploy(model, CancellationToken.None).Metric);
            return deployment.Metric;
        }
        double before = Metric(), unrolled = task.UnrolledLoss!(model, CancellationToken.None), perturbed = task.PerturbedLoss!(model, CancellationToken.None);
        var order = new Philox(3);
        new TrainingLoop(new AdamW(model.Parameters(), 0.02), () => task.TrainingLoss(model, [order.NextInt32(task.TrainingCount),
            order.NextInt32(task.TrainingCount)]))
            .Run(150, CancellationToken.None);
        Assert.True(Metric() < 0.8 * before);
        Assert.True(task.PerturbedLoss!(model, CancellationToken.None) < perturbed && task.UnrolledLoss!(model, CancellationToken.None) < unrolled);
        Assert.True(task.PerturbedLoss!(model, CancellationToken.None) > task.ValidationLoss(model));
    }

    [Theory]
    [InlineData("""{"width": 10, "heads": 4}""", "task: ")]
    [InlineData("""{"path": "/nowhere"}""", "task.path: there is neither a file nor a folder /nowhere")]
    [InlineData("""{"layers": -1}""", "task.layers: ")]
    public void A_fault_is_named_by_its_path_in_the_task(string settings, string message)
    {
        using var json = JsonDocument.Parse(settings);
        var error = Assert.Throws<ConfigException>(() => new TextTask().Prepare(json.RootElement, null, CancellationToken.None));
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_model_is_refused()
    {
        using var folder = new TemporaryFolder();
        Assert.StartsWith(
            "model: text has a model of its own", Assert.Throws<ConfigException>(() => Prepare(folder).CreateModel(new ModelConfig(), new Philox(0))).Message,
            StringComparison.Ordinal);
    }

    private static PreparedTask Prepare(TemporaryFolder folder, bool writes = false)
    {
        _ = SmallRun.Config(folder);
        var settings = new
        {
            path = folder["text.txt"], contextLength = 8, width = 16, layers = 1, heads = 2, validationExamples = 100_000, validationShare = writes ? 0.3 : 0.1,
            metric = writes ? "divergence" : "bits per character", generation = new { texts = writes ? 64 : 0, tokens = 32, prompt = 4, judgeSteps = 0 },
        };
        return new TextTask().Prepare(JsonSerializer.SerializeToElement(settings), null, CancellationToken.None);
    }
}
