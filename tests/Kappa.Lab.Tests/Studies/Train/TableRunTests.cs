using System.Globalization;

namespace Kappa.Lab.Tests.Studies.Train;

/// <summary>Tables of one's own, from a file to predictions.</summary>
public sealed class TableRunTests
{
    [Fact]
    public void A_file_of_classes_is_trained_on_stopped_early_and_predicted_from()
    {
        using var folder = new TemporaryFolder();
        WriteFlowers(folder["flowers.csv"], 300);
        var config = Config(folder, """{ "name": "csv", "path": "flowers.csv", "target": "kind" }""", ", \"patience\": 3");
        var result = TrainingRunner.Run(config, folder["run"]);
        Assert.True(result.StoppedEarly && result.Metric > 0.7, $"{result}");
        Assert.Equal(["a, large", "b", "c"], result.Confusion!.Classes);
        Assert.Equal(60, result.Confusion.Counts.Sum(row => row.Sum()));
        Assert.Equal(result.Metric, result.Figures["accuracy"]);
        // The figures are of the best model, not of the last.
        Assert.Equal(result.Best!.Figure, result.ValidationLoss);
        Assert.True(result.Best.Step < result.Steps);
        Assert.Contains("macro F1", result.Figures.Keys);
        var predictor = new ModelPredictor(folder["run"], KappaCatalog.Choices);
        Assert.Equal(["kind", "p(a, large)", "p(b)", "p(c)"], predictor.Columns);
        File.WriteAllText(folder["new.csv"], "width;length;colour\n2,1;4,1;red\n4,2;7,4;green\n");
        var lines = predictor.Predict(folder["new.csv"], CancellationToken.None).ToArray();
        Assert.Equal(["a, large", "c"], lines.Select(line => line[0]));
        Assert.All(lines, line => Assert.Equal(1, line.Skip(1).Sum(share => double.Parse(share, CultureInfo.InvariantCulture)), 1e-5));
        File.WriteAllText(folder["new.csv"], "width;length;colour\n2,0;4,1;purple\n");
        var unseen = Assert.ThrowsAny<Exception>(() => predictor.Predict(folder["new.csv"], CancellationToken.None).ToArray());
        Assert.Contains("purple", unseen.Message, StringComparison.Ordinal);
        File.WriteAllText(folder["new.csv"], "width;colour\n2,0;red\n");
        Assert.Contains("length", Assert.Throws<DataFileException>(() => predictor.Predict(folder["new.csv"], CancellationToken.None).ToArray()).Message);
        File.AppendAllText(folder["flowers.csv"], "4,0;2,0;red;b\n");
        Assert.Contains("flowers.csv", Assert.Throws<RunFolderException>(() => TrainingRunner.Run(config, folder["run"])).Message);
    }

    [Fact]
    public void Numbers_are_measured_in_their_own_unit_and_resume_to_the_same_bits()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllLines(
            folder["houses.csv"],
            ["area,price", .. Enumerable.Range(0, 200).Select(i => i * 7 % 100).Select(size => $"{40 + size},{100000 + (3000 * size)}.5")]);
        var config = Config(folder, """{ "name": "csv", "path": "houses.csv", "target": "price" }""", ", \"monitor\": \"metric\", \"keepBest\": true");
        var result = TrainingRunner.Run(config, folder["whole"]);
        Assert.True(result.MetricName == "R2" && result.Metric > 0.95, $"{result}");
        Assert.InRange(result.Figures["root mean squared error"], 100, 30000);
        Assert.Null(result.Confusion);
        string parts = folder["parts"];
        Assert.Null(SmallRun.Continue(config, parts, 20));
        Assert.NotNull(SmallRun.Continue(config, parts, null));
        Assert.Equal(SmallRun.Fingerprint(new TrainingFolder(new RunPart(folder["whole"]))), SmallRun.Fingerprint(new TrainingFolder(new RunPart(parts))));
        var predictor = new ModelPredictor(parts, KappaCatalog.Choices);
        File.WriteAllText(folder["new.csv"], "area\n90\n");
        string price = Assert.Single(predictor.Predict(folder["new.csv"], CancellationToken.None))[0];
        Assert.InRange(double.Parse(price, CultureInfo.InvariantCulture), 220000, 280000);
    }

    [Theory]
    [InlineData("""{ "name": "csv", "path": "none.csv", "target": "kind" }""", "there is no file")]
    [InlineData("""{ "name": "csv", "path": "flowers.csv", "target": "sort" }""", "there is no column \"sort\"")]
    [InlineData("""{ "name": "csv", "path": "flowers.csv", "target": "kind", "split": "grouped" }""", "data.splitBy: ")]
    [InlineData("""{ "name": "csv", "path": "flowers.csv", "target": "kind", "drop": ["x"] }""", "there is no column \"x\"")]
    [InlineData("""{ "name": "csv", "path": "flowers.csv" }""", "data.target: ")]
    public void What_is_wrong_is_named(string data, string message)
    {
        using var folder = new TemporaryFolder();
        WriteFlowers(folder["flowers.csv"], 30);
        var error = Assert.Throws<ConfigException>(() => TrainingRunner.LoadData(Config(folder, data, ""), new RunPart(folder["run"])));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_are_for_models_that_take_vectors()
    {
        using var folder = new TemporaryFolder();
        var error = Assert.Throws<ConfigException>(() => TrainingConfig.Parse(
            """
            { "name": "x", "data": { "name": "csv", "path": "a.csv", "target": "kind" }, "model": { "name": "conv" },
              "optimizer": { "name": "adamw", "learningRate": 0.01 } }
            """, folder.FullPath, KappaCatalog.Choices));
        Assert.Equal("model.name: conv is for pictures, and csv holds rows of numbers; expected mlp", error.Message);
    }

    private static TrainingConfig Config(TemporaryFolder folder, string data, string more) => TrainingConfig.Parse(
        $$"""
        { "name": "x", "data": {{data}}, "model": { "name": "mlp", "hidden": [16] }, "optimizer": { "name": "adamw", "learningRate": 0.01 },
          "epochs": 40, "batchSize": 16{{more}} }
        """, folder.FullPath, KappaCatalog.Choices);

    private static void WriteFlowers(string path, int rows)
    {
        var generator = new Philox(3);
        File.WriteAllLines(
            path,
            [
                "length;width;colour;kind",
                .. Enumerable.Range(0, rows).Select(i =>
                {
                    double length = 4 + (i % 3) + (1.6 * generator.NextDouble()), width = 2 + (i % 3 * 0.5) + (1.4 * generator.NextDouble());
                    string kind = (i % 3) switch { 0 => "\"a, large\"", 1 => "b", _ => "c" };
                    return FormattableString.Invariant($"{length:0.00};{width:0.00}").Replace('.', ',') + $";{(i % 3 == 2 ? "green" : "red")};{kind}";
                }),
            ]);
    }
}
