using System.Globalization;

namespace Kappa.Lab.Tests.Studies.Train;

/// <summary>Pictures of one's own, varied while a model trains on them, and predicted from.</summary>
public sealed class PictureRunTests
{
    private const string Varied = """, "augmentation": { "crop": 2, "padding": -1 }""";

    [Theory]
    [InlineData("mlp", """, "hidden": [8]""")]
    [InlineData("conv", """, "channels": [4]""")]
    public void A_run_is_resumed_in_the_midst_of_an_epoch_to_the_same_bits(string network, string model)
    {
        using var folder = new TemporaryFolder();
        folder.SaveDarkAndLight("train", 20, 1);
        var config = Config(folder, Varied, network, model);
        _ = SmallRun.Continue(config, folder["whole"], null);
        // 32 pictures to train on in batches of 5: step 7 is in the second epoch.
        Assert.Null(SmallRun.Continue(config, folder["parts"], 4));
        Assert.Null(SmallRun.Continue(config, folder["parts"], 8));
        Assert.NotNull(SmallRun.Continue(config, folder["parts"], null));
        string whole = Fingerprint(folder["whole"]);
        Assert.Equal(whole, Fingerprint(folder["parts"]));
        _ = SmallRun.Continue(Config(folder, "", network, model), folder["plain"], null);
        Assert.NotEqual(whole, Fingerprint(folder["plain"]));
    }

    [Fact]
    public void Variations_that_change_nothing_and_are_loaded_ahead_leave_every_bit()
    {
        using var folder = new TemporaryFolder();
        folder.SaveDarkAndLight("train", 10, 1);
        _ = SmallRun.Continue(Config(folder, """, "augmentation": { "flip": false }"""), folder["ahead"], null);
        _ = SmallRun.Continue(Config(folder, ""), folder["plain"], null);
        Assert.Equal(Fingerprint(folder["plain"]), Fingerprint(folder["ahead"]));
    }

    [Fact]
    public void What_is_measured_on_is_never_varied()
    {
        using var folder = new TemporaryFolder();
        folder.SaveDarkAndLight("train", 10, 1);
        var varied = TrainingRunner.LoadData(Config(folder, Varied), new RunPart(folder["a"]));
        var plain = TrainingRunner.LoadData(Config(folder, ""), new RunPart(folder["b"]));
        Assert.Equal(Inputs(plain.Validation, 3), Inputs(varied.Validation, 3));
        Assert.Equal(Inputs(plain.Training, 3), Inputs(varied.Training, 3));
        Assert.Equal(plain.Fingerprint, varied.Fingerprint);
        Assert.Equal(Inputs(plain.Training, 3), Inputs(plain.Varied, 3));
        Assert.NotEqual(Inputs(varied.Training, 3), Inputs(varied.Varied, 3));
        Assert.NotEqual(Inputs(varied.Varied, 2), Inputs(varied.Varied, 3));
        Assert.Equal((true, false), (varied.IsLazy, plain.IsLazy));
    }

    [Fact]
    public void The_pictures_of_a_comparison_are_varied_by_the_step_and_its_validation_is_not()
    {
        using var folder = new TemporaryFolder();
        folder.SaveDarkAndLight("train", 10, 1);
        PreparedTask varied = Task(Varied), plain = Task("");
        var model = plain.CreateModel(null, new Philox(1));
        double LossAt(PreparedTask task, long step)
        {
            using var quiet = NoGradient.Begin();
            return task.TrainingLoss(model, [0, 3, 5], step).ToDouble();
        }

        Assert.Equal(LossAt(plain, 0), LossAt(plain, 1));
        Assert.NotEqual(LossAt(varied, 0), LossAt(varied, 1));
        Assert.Equal(LossAt(varied, 1), LossAt(Task(Varied), 1));
        Assert.Equal(plain.ValidationLoss(model), varied.ValidationLoss(model));
        Assert.Equal(plain.Deploy(model, CancellationToken.None).Metric, varied.Deploy(model, CancellationToken.None).Metric);

        PreparedTask Task(string more)
        {
            var config = ComparisonConfig.Parse(
                $$"""
                { "name": "x", "optimizers": [ { "name": "adamw" } ], "task": { "name": "prediction", "shift": "blur", "strengths": [0, 1], "deployAt": 1,
                    "network": { "name": "mlp", "hidden": [4] }, "data": {{Images(folder, more)}} } }
                """, KappaCatalog.Choices);
            return config.Task.Kind.Prepare(config.Task.Settings, null, CancellationToken.None);
        }
    }

    [Theory]
    [InlineData("""{ "crop": 12 }""", "data.augmentation.crop: expected less than 12, the shorter side of these pictures; got 12")]
    [InlineData("""{ "crop": -1 }""", "data.augmentation.crop: ")]
    [InlineData("""{ "padding": "NaN" }""", "data.augmentation.padding: ")]
    [InlineData("""{ "mirror": true }""", "data.augmentation.mirror: unknown field")]
    [InlineData("3", "data.augmentation: expected true, false or an object in braces; got 3")]
    public void What_cannot_be_varied_is_named(string augmentation, string message)
    {
        using var folder = new TemporaryFolder();
        folder.SaveDarkAndLight("train", 2, 1);
        var error = Assert.Throws<ConfigException>(
            () => TrainingRunner.LoadData(Config(folder, $", \"augmentation\": {augmentation}"), new RunPart(folder["run"])));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pictures_are_predicted_without_those_that_were_trained_on()
    {
        using var folder = new TemporaryFolder();
        folder.SaveDarkAndLight("train", 30, 1);
        folder.SaveDarkAndLight("test", 9, 2);
        var config = Config(folder, """, "validationPath": "test", "grey": true""");
        var result = TrainingRunner.Run(config, folder["run"]);
        Directory.Move(folder["train"], folder["gone"]);
        var predictor = new ModelPredictor(folder["run"], KappaCatalog.Choices);
        Assert.Equal(["file", "class", "p(dark)", "p(light)"], predictor.Columns);
        var lines = predictor.Predict(folder["test"], CancellationToken.None).ToArray();
        // As the run measured them, to the last one.
        Assert.Equal((18L, 18L, 0L, "accuracy"), (predictor.Tally.Count, predictor.Tally.Measured, predictor.Tally.Skipped, predictor.Tally.MetricName));
        Assert.Equal(result.Metric, predictor.Tally.Metric!.Value, 1e-12);
        Assert.True(result.Metric > 0.8, $"{result}");
        Assert.Equal("dark/000.png", lines[0][0]);
        Assert.All(lines, line => Assert.Equal(1, line.Skip(2).Sum(share => double.Parse(share, CultureInfo.InvariantCulture)), 1e-5));
        // One picture, and a flat folder, of which nothing is known.
        Assert.Equal([folder["test/light/003.png"], .. lines[12].Skip(1)], predictor.Predict(folder["test/light/003.png"], CancellationToken.None).Single());
        Assert.Null(predictor.Tally.Metric);
        folder.Save("flat/a.png", File.ReadAllBytes(folder["test/light/003.png"]));
        folder.Save("flat/b.png", [1, 2, 3]);
        var error = Assert.Throws<IOException>(() => predictor.Predict(folder["flat"], CancellationToken.None).ToArray());
        Assert.EndsWith("Remove the file, or give --skip-corrupt to leave such files out.", error.Message);
        List<string> said = [];
        predictor = new ModelPredictor(folder["run"], KappaCatalog.Choices, said.Add) { SkipCorrupt = true };
        Assert.Equal("a.png", predictor.Predict(folder["flat"], CancellationToken.None).Single()[0]);
        Assert.Equal((1L, 1L, 0L), (predictor.Tally.Count, predictor.Tally.Skipped, predictor.Tally.Measured));
        Assert.Contains("b.png: expected a PNG or JPEG picture", Assert.Single(said));
        File.AppendAllText(folder["run/encoder.json"], " ");
        Assert.Contains("encoder.json", Assert.Throws<DamagedFileException>(() => new ModelPredictor(folder["run"], KappaCatalog.Choices)).Message);
    }

    [Fact]
    public void Waiting_for_pictures_is_measured()
    {
        using var folder = new TemporaryFolder();
        var slow = new SlowPictures();
        var data = PictureData.Of(slow, slow, ["a", "b"], new DataRequest(0, true, null), new PictureSettings(), isDecoded: true);
        folder.SaveDarkAndLight("train", 2, 1);
        var config = Config(folder, "");
        using var run = SmallRun.Open(config, folder["run"]);
        List<double> said = [];
        var result = new TrainingRunner(config, data, TimeProvider.System).Run(run, new Heard(said), CancellationToken.None);
        Assert.InRange(result.DataWait, 0.3, 1);
        Assert.Equal(result.DataWait, said[^1]);
        var part = TrainingReport.Of(new TrainingFolder(run), config);
        var row = part.Findings.Sections[0].Table!.Rows.Single(cells => cells[0].Text == "waited for data");
        Assert.EndsWith(" % of the time", row[1].Text);
    }

    private static float[] Inputs(DataSet data, long epoch) => data.Take([0, 1, 2, 3], epoch).Inputs.ToArray<float>();

    private static string Fingerprint(string path) => SmallRun.Fingerprint(new TrainingFolder(new RunPart(path)));

    private static string Images(TemporaryFolder folder, string more) =>
        $$"""{ "name": "images", "path": {{System.Text.Json.JsonSerializer.Serialize(folder["train"])}}, "height": 12, "width": 12{{more}} }""";

    private static TrainingConfig Config(
        TemporaryFolder folder, string data, string network = "mlp", string model = ""","hidden": [8]""") =>
        TrainingConfig.Parse(
            $$"""
            { "name": "x", "data": {{Images(folder, data)}}, "model": { "name": "{{network}}"{{model}} },
              "optimizer": { "name": "adamw", "learningRate": 0.01 }, "steps": 30, "batchSize": 5, "evaluateEvery": 4, "checkpointEvery": 7 }
            """, folder.FullPath, KappaCatalog.Choices);

    private sealed class Heard(List<double> said) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => said.Add(value.DataWait);
    }

    private sealed class SlowPictures() : DataSet(10, [1, 12, 12], DataType.Float32, Shape.Scalar, DataType.Int32)
    {
        protected override void CopyCore(ReadOnlySpan<int> rows, Tensor inputs, Tensor targets)
        {
            Thread.Sleep(20);
            for (int i = 0; i < rows.Length; i++)
            {
                inputs.Values<float>().Slice(i * 144, 144).Fill(rows[i]);
                targets.Values<int>()[i] = rows[i] % 2;
            }
        }
    }
}
