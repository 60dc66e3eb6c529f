using System.Text.Json;

namespace Kappa.Lab.Tests.Studies.Train;

/// <summary>What a model that is trained gives where inputs differ.</summary>
public sealed class ShiftTests
{
    [Fact]
    public void It_is_measured_once_the_model_is_trained_and_stands_in_result_metrics_and_report()
    {
        using var folder = new TemporaryFolder();
        WriteTables(folder);
        var config = Config(folder, """[ { "strengths": [0, 2] }, { "shift": "missing", "columns": ["colour", "size"], "strengths": [0.5, 1] } ]""");
        _ = SmallRun.Continue(config, folder["run"], null);
        var run = new TrainingFolder(new RunPart(folder["run"]));
        var result = run.ReadResult()!;
        Assert.Equal(["noise 0", "noise 2", "missing 0.5: colour", "missing 1: colour, size"], result.Shifts!.Select(shifted => shifted.ToString()));
        Assert.Equal((result.Metric, result.ValidationLoss), (result.Shifts![0].Metric!.Value, result.Shifts[0].Loss!.Value));
        Assert.True(result.Shifts[1].Metric < result.Metric);
        Assert.Contains("macro F1", result.Shifts[1].Figures.Keys);
        var line = run.ReadMetrics()[^1];
        Assert.Equal(JsonSerializer.Serialize(result.Shifts), JsonSerializer.Serialize(line.Shifts));
        Assert.Null(line.ValidationLoss);
        var section = TrainingReport.Of(run, config).Findings.Sections.Single(one => one.Title == "Where inputs differ");
        Assert.Equal(["as they are", "noise", "noise", "missing", "missing"], section.Table!.Rows.Select(row => row[0].Text));
        // Stopped and resumed it is the same.
        Assert.Null(SmallRun.Continue(config, folder["parts"], 10));
        _ = SmallRun.Continue(config, folder["parts"], null);
        var resumed = new TrainingFolder(new RunPart(folder["parts"]));
        Assert.Equal(JsonSerializer.Serialize(result.Shifts), JsonSerializer.Serialize(resumed.ReadResult()!.Shifts));
        Assert.Equal(SmallRun.Fingerprint(run).Split("Shifts")[0], SmallRun.Fingerprint(resumed).Split("Shifts")[0]);
    }

    [Fact]
    public void Columns_that_are_missing_are_as_a_file_without_their_values()
    {
        using var folder = new TemporaryFolder();
        WriteTables(folder);
        var result = TrainingRunner.Run(Config(folder, """[ { "shift": "missing", "columns": ["colour", "size"], "strengths": [1] } ]"""), folder["run"]);
        var predictor = new ModelPredictor(folder["run"], KappaCatalog.Choices);
        File.WriteAllLines(
            folder["blank.csv"],
            File.ReadAllLines(folder["test.csv"]).Select((line, i) => i == 0 ? line : $",,{line.Split(',')[2]},{line.Split(',')[3]}"));
        Assert.Equal(60, predictor.Predict(folder["blank.csv"], CancellationToken.None).Count());
        Assert.Equal(result.Shifts![0].Metric!.Value, predictor.Tally.Metric!.Value, 1e-12);
        Assert.NotEqual(result.Metric, predictor.Tally.Metric.Value);
        _ = predictor.Predict(folder["test.csv"], CancellationToken.None).Count();
        Assert.Equal(result.Metric, predictor.Tally.Metric!.Value, 1e-12);
    }

    [Fact]
    public void A_share_of_columns_is_drawn_by_the_seed_and_a_larger_one_has_those_of_a_smaller()
    {
        using var folder = new TemporaryFolder();
        WriteTables(folder);
        var data = TrainingRunner.LoadData(Config(folder, "[]"), new RunPart(folder.FullPath));
        IReadOnlyList<string> Missing(int seed, double share)
        {
            _ = data.Shifted(new ShiftSettings { Shift = Shift.Missing, ShiftSeed = seed }, share, out var missing);
            return missing;
        }

        Assert.Empty(Missing(0, 0.1));
        Assert.Equal(["colour", "noise", "size"], Missing(0, 1).Order());
        for (int seed = 0; seed < 5; seed++)
        {
            Assert.Equal(Missing(seed, 1), Missing(seed, 1));
            Assert.Equal(Missing(seed, 1).Take(2), Missing(seed, 0.67));
        }
        Assert.True(Enumerable.Range(0, 20).Select(seed => Missing(seed, 0.34).Single()).Distinct().Count() == 3);
    }

    [Theory]
    [InlineData(
        """[ { "shift": "missing", "columns": ["weight"] } ]""", "shifts[0].columns: there is no column \"weight\" among the inputs; expected some of ")]
    [InlineData("""[ {}, { "columns": ["size"] } ]""", "shifts[1].columns: they are for the shift missing of tables; got noise of csv")]
    [InlineData("""[ { "shift": "blur" } ]""", "shifts[0].shift: blur is for pictures")]
    [InlineData("""[ { "shift": "missing", "strengths": [1.5] } ]""", "shifts[0].strengths: ")]
    [InlineData("""[ { "shift": "fog" } ]""", "shifts[0].shift: ")]
    public void What_cannot_be_asked_for_is_named_before_anything_is_trained(string shifts, string message)
    {
        using var folder = new TemporaryFolder();
        WriteTables(folder);
        var error = Assert.Throws<ConfigException>(() => TrainingRunner.Run(Config(folder, shifts), folder["run"]));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["run/checkpoints"]));
    }

    [Fact]
    public void A_table_whose_missing_values_are_errors_lacks_no_column_and_text_is_measured_as_it_is()
    {
        using var folder = new TemporaryFolder();
        var table = Assert.Throws<ConfigException>(() => Config(folder, """[ { "shift": "missing" } ]""", ", \"missing\": \"error\""));
        Assert.StartsWith("shifts[0].shift: a table whose missing values are an error cannot lack a column", table.Message);
        var text = Assert.Throws<ConfigException>(() => SmallRun.Config(folder, """{ "shifts": [ {} ] }"""));
        Assert.StartsWith("shifts[0].shift: text holds text", text.Message);
    }

    private static TrainingConfig Config(TemporaryFolder folder, string shifts, string data = "") => TrainingConfig.Parse(
        $$"""
        { "name": "x", "data": { "name": "csv", "path": "train.csv", "validationPath": "test.csv", "target": "kind"{{data}} },
          "model": { "name": "mlp", "hidden": [8] }, "optimizer": { "name": "adamw", "learningRate": 0.02 }, "steps": 60, "batchSize": 20,
          "evaluateEvery": 5, "shifts": {{shifts}} }
        """, folder.FullPath, KappaCatalog.Choices);

    private static void WriteTables(TemporaryFolder folder)
    {
        foreach (var (name, rows, seed) in new[] { ("train", 150, 1), ("test", 60, 2) })
        {
            var random = new Philox((ulong)seed);
            File.WriteAllLines(folder[$"{name}.csv"], ["colour,size,noise,kind", .. Enumerable.Range(0, rows).Select(i =>
            {
                string colour = random.NextInt32(10) == 0 ? "" : i % 3 == 2 ? "green" : "red";
                string size = random.NextInt32(10) == 0 ? "" : $"{i % 3 * 2}.{random.NextInt32(10)}";
                return $"{colour},{size},0.{random.NextInt32(10)},k{i % 3}";
            })]);
        }
    }
}
