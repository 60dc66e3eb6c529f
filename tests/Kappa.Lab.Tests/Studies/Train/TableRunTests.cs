using System.Globalization;
using Parquet;
using Parquet.Schema;

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
        Assert.Contains("length", Assert.Throws<IOException>(() => predictor.Predict(folder["new.csv"], CancellationToken.None).ToArray()).Message);
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
    [InlineData("numpy", "a.npy", "column3")]
    [InlineData("parquet", "a.parquet", "kind")]
    public async Task Other_files_are_predicted_from_too_and_measured_where_they_say_what_is_true(string kind, string file, string target)
    {
        using var folder = new TemporaryFolder();
        double[] rows = [.. Enumerable.Range(0, 60).SelectMany(i => (double[])[(i % 3) + (i % 7 / 10.0), i % 5, i % 3])];
        if (kind == "numpy")
            File.WriteAllBytes(folder[file], Npy(rows));
        else
            await WriteParquetAsync(folder[file], rows);
        string data = $$"""{ "name": "{{kind}}", "path": "{{file}}", "target": "{{target}}", "targetKind": "classes" }""";
        _ = TrainingRunner.Run(Config(folder, data, ""), folder["run"]);
        var predictor = new ModelPredictor(folder["run"], KappaCatalog.Choices);
        var lines = predictor.Predict(folder[file], CancellationToken.None).ToArray();
        Assert.Equal(60, predictor.Tally.Measured);
        Assert.Equal(predictor.Tally.Metric!.Value, lines.Index().Count(line => line.Item[0] == $"{line.Index % 3}") / 60.0, 1e-12);
        Assert.True(predictor.Tally.Metric > 0.9, $"{predictor.Tally.Metric}");
        var corrupt = new ModelPredictor(folder["run"], KappaCatalog.Choices) { SkipCorrupt = true };
        Assert.Contains("--skip-corrupt is for pictures", Assert.Throws<ConfigException>(() => corrupt.Predict(folder[file], default).ToArray()).Message);
    }

    [Fact]
    public void Predictions_are_measured_over_the_rows_whose_truth_is_there()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllLines(folder["houses.csv"], ["area,price", .. Enumerable.Range(0, 100).Select(i => $"{40 + i},{1000 + (30 * i)}.5")]);
        _ = TrainingRunner.Run(Config(folder, """{ "name": "csv", "path": "houses.csv", "target": "price" }""", ""), folder["run"]);
        List<string> said = [];
        var predictor = new ModelPredictor(folder["run"], KappaCatalog.Choices, said.Add);
        File.WriteAllText(folder["new.csv"], "area,price\n60,1601.5\n70,\n90,2500\n");
        double[] prices = [.. predictor.Predict(folder["new.csv"], default).Select(line => double.Parse(line[0], CultureInfo.InvariantCulture))];
        double expected = Math.Sqrt((Math.Pow(prices[0] - 1601.5, 2) + Math.Pow(prices[2] - 2500, 2)) / 2);
        Assert.Equal((3L, 2L, "root mean squared error"), (predictor.Tally.Count, predictor.Tally.Measured, predictor.Tally.MetricName));
        Assert.Equal(expected, predictor.Tally.Metric!.Value, 1e-9 * expected);
        File.WriteAllText(folder["new.csv"], "area,price\n60,dear\n70,cheap\n");
        Assert.Equal(2, predictor.Predict(folder["new.csv"], default).Count());
        Assert.Null(predictor.Tally.Metric);
        Assert.Equal(["the column \"price\" has no numbers, so that the predictions are not measured"], said);
    }

    [Theory]
    [InlineData("""{ "name": "csv", "path": "none.csv", "target": "kind" }""", "there is no file")]
    [InlineData("""{ "name": "csv", "path": "flowers.csv", "target": "sort" }""", "there is no column \"sort\"")]
    [InlineData("""{ "name": "csv", "path": "flowers.csv", "target": "kind", "split": "grouped" }""", "data.splitBy: ")]
    [InlineData("""{ "name": "csv", "path": "flowers.csv", "target": "kind", "drop": ["x"] }""", "data.drop: ")]
    [InlineData("""{ "name": "csv", "path": "flowers.csv", "target": "kind", "categories": ["x"] }""", "data.categories: ")]
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

    private static byte[] Npy(double[] rows)
    {
        string header = $"{{'descr': '<f8', 'fortran_order': False, 'shape': ({rows.Length / 3}, 3), }}".PadRight(117) + "\n";
        return
        [
            0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. System.Text.Encoding.ASCII.GetBytes(header),
            .. System.Runtime.InteropServices.MemoryMarshal.AsBytes(rows.AsSpan()).ToArray(),
        ];
    }

    private static async Task WriteParquetAsync(string path, double[] rows)
    {
        DataField[] fields = [new DataField<double>("x"), new DataField<double>("y"), new DataField<long>("kind")];
        await using var stream = File.Create(path);
        await using var writer = await ParquetWriter.CreateAsync(new ParquetSchema(fields), stream);
        using var group = writer.CreateRowGroup();
        double[][] columns = [.. Enumerable.Range(0, 3).Select(column => rows.Where((_, i) => i % 3 == column).ToArray())];
        await group.WriteAsync<double>(fields[0], columns[0]);
        await group.WriteAsync<double>(fields[1], columns[1]);
        await group.WriteAsync<long>(fields[2], columns[2].Select(value => (long)value).ToArray());
    }

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
