namespace Kappa.Cli.Tests;

public sealed class PredictCommandTests
{
    [Fact]
    public void From_a_file_to_predictions_in_two_commands()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllLines(
            folder["data.csv"],
            ["size,colour,kind", .. Enumerable.Range(0, 90).Select(i => $"{(i % 3 * 10) + (i % 7)}.5,{(i % 2 == 0 ? "red" : "blue")},\"kind {i % 3}, odd\"")]);
        File.WriteAllText(
            folder["run.json"],
            """
            { "name": "x", "data": { "name": "csv", "path": "data.csv", "target": "kind" }, "model": { "name": "mlp", "hidden": [8] },
              "optimizer": { "name": "adamw", "learningRate": 0.02 }, "epochs": 60, "batchSize": 8, "patience": 5 }
            """);
        var train = CommandRun.Of("train", folder["run.json"], "--out", folder["run"]);
        Assert.Equal(0, train.ExitCode);
        Assert.Contains("on all validation rows: ", train.Output, StringComparison.Ordinal);
        Assert.Contains("Which class is taken for which", File.ReadAllText(folder["run/report.html"]), StringComparison.Ordinal);
        File.WriteAllText(folder["new.csv"], "colour,size\nred,2.5\nblue,23\n");
        var shown = CommandRun.Of("predict", folder["run"], folder["new.csv"]);
        Assert.StartsWith("kind,\"p(kind 0, odd)\",\"p(kind 1, odd)\",\"p(kind 2, odd)\"\n\"kind 0, odd\",", shown.Output, StringComparison.Ordinal);
        var written = CommandRun.Of("predict", folder["run"], folder["new.csv"], "--out", folder["predictions.csv"]);
        Assert.Equal($"2 predictions: {folder["predictions.csv"]}\n", written.Output);
        Assert.Equal(shown.Output, File.ReadAllText(folder["predictions.csv"]));
        var missing = CommandRun.Of("predict", folder["run"], folder["none.csv"]);
        Assert.Equal(2, missing.ExitCode);
        Assert.Contains("none.csv", missing.Error, StringComparison.Ordinal);
    }
}
