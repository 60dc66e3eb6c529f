namespace Kappa.Cli.Tests;

public sealed class SweepCommandTests
{
    private const string Config = """
        { "name": "tiny", "trials": 4, "search": { "optimizer.learningRate": { "from": 1e-4, "to": 0.1, "scale": "log" } },
          "train": { "name": "x", "data": { "name": "text", "path": "book.txt" }, "model": { "name": "transformer", "width": 8, "layers": 1, "heads": 1,
                     "contextLength": 8 }, "optimizer": { "name": "adamw", "learningRate": 0.01 }, "steps": 6, "batchSize": 4, "validationExamples": 20 } }
        """;

    [Fact]
    public void A_sweep_prints_its_trials_writes_a_report_and_resumes()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["book.txt"], string.Concat(Enumerable.Range(0, 300).Select(i => $"{i * 7 % 100} sheep;\n")));
        File.WriteAllText(folder["sweep.json"], Config);
        var run = CommandRun.Of("sweep", folder["sweep.json"], "--out", folder["run"]);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("\nThe best of 4 trials: optimizer.learningRate ", run.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(folder["run/report.html"]));
        File.Delete(folder["run/cells/trial_2.json"]);
        // As where the process was killed before it was written.
        File.Delete(folder["run/config.json"]);
        var again = CommandRun.Of("sweep", "--resume", folder["run"]);
        Assert.Equal((0, Tables(run.Output)), (again.ExitCode, Tables(again.Output)));
        File.AppendAllText(folder["book.txt"], "one more\n");
        var changed = CommandRun.Of("sweep", "--resume", folder["run"]);
        Assert.Equal(2, changed.ExitCode);
        Assert.Contains("book.txt", changed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_wrong_is_said_before_a_folder_is_made()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["sweep.json"], Config.Replace("optimizer.learningRate", "optimizer.learningRat", StringComparison.Ordinal));
        var run = CommandRun.Of("sweep", folder["sweep.json"], "--out", folder["run"]);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("did you mean \"optimizer.learningRate\"?", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["run"]));
        Assert.Contains("expected a config, or --resume", CommandRun.Of("sweep").Error, StringComparison.Ordinal);
    }

    private static string Tables(string output) => output[output.IndexOf("\nTrials", StringComparison.Ordinal)..];
}
