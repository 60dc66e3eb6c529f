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
        Assert.Equal(("", ""), (shown.Error, written.Error));
        File.WriteAllText(folder["new.csv"], "colour,size,kind\nred,2.5,\"kind 0, odd\"\nblue,23,kind 9\n");
        var measured = CommandRun.Of("predict", folder["run"], folder["new.csv"]);
        Assert.Equal(shown.Output, measured.Output);
        Assert.Equal("accuracy over 2 of 2 predictions, whose truth is known: 0.5; 1 have a class that the model does not know\n", measured.Error);
        var missing = CommandRun.Of("predict", folder["run"], folder["none.csv"]);
        Assert.Equal(2, missing.ExitCode);
        Assert.Contains("none.csv", missing.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Pictures_are_predicted_and_corrupt_ones_named()
    {
        using var folder = new TemporaryFolder();
        folder.SaveDarkAndLight("train", 20, 1);
        File.WriteAllText(
            folder["run.json"],
            """
            { "name": "x", "data": { "name": "images", "path": "train", "height": 12, "width": 12, "augmentation": true },
              "model": { "name": "mlp", "hidden": [8] }, "optimizer": { "name": "adamw", "learningRate": 0.02 }, "steps": 60, "batchSize": 8,
              "shifts": [ { "shift": "blur", "strengths": [1] } ] }
            """);
        var train = CommandRun.Of("train", folder["run.json"], "--out", folder["run"]);
        Assert.True(train.ExitCode == 0, train.Error);
        Assert.Contains("% of the time\n", train.Output, StringComparison.Ordinal);
        Assert.Contains("\n  blur 1: ", train.Output, StringComparison.Ordinal);
        folder.SaveDarkAndLight("new", 3, 2);
        folder.Save("new/dark/x.png", [1, 2, 3]);
        var refused = CommandRun.Of("predict", folder["run"], folder["new"]);
        Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
        Assert.Contains("x.png: expected a PNG or JPEG picture, got a file that begins with 010203. Remove the file, or give --skip-corrupt", refused.Error);
        var done = CommandRun.Of("predict", folder["run"], folder["new"], "--skip-corrupt");
        Assert.Equal(0, done.ExitCode);
        Assert.Equal(7, done.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.StartsWith("file,class,p(dark),p(light)\ndark/000.png,", done.Output, StringComparison.Ordinal);
        Assert.StartsWith($"warning: left out {folder["new/dark/x.png"]}: ", done.Error, StringComparison.Ordinal);
        Assert.Contains("\n1 of 7 pictures left out\naccuracy over 6 of 6 predictions, whose truth is known: ", done.Error, StringComparison.Ordinal);
        var nothing = CommandRun.Of("predict", folder["run"], folder["nowhere"]);
        Assert.Equal(1, nothing.ExitCode);
        Assert.Contains("got nothing of that name", nothing.Error, StringComparison.Ordinal);
    }
}
