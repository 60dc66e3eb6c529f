using System.Xml.Linq;

namespace Kappa.Cli.Tests;

/// <summary><c>kappa report</c> on folders that the other commands wrote.</summary>
public sealed class ReportCommandTests
{
    private const string Training = """
        {
          "name": "small",
          "data": { "name": "text", "path": "text.txt" },
          "model": { "name": "transformer", "width": 8, "layers": 1, "heads": 2, "contextLength": 8 },
          "optimizer": { "name": "dopr-adamw", "learningRate": 0.01 },
          "steps": 4, "batchSize": 2, "validationExamples": 2
        }
        """;

    [Fact]
    public void Runs_of_several_commands_become_files_for_a_paper()
    {
        using var folder = new TemporaryFolder();
        string comparison = folder["compared"], trained = folder["trained"];
        Assert.Equal(0, CommandRun.Of("compare", SmallConfig.WriteTo(folder), "--out", comparison).ExitCode);
        Train(folder, trained);
        Assert.Equal(0, CommandRun.Of("diagnose", trained, "--jacobians", "0", "--kernel", "0").ExitCode);
        string[] runs = [comparison, trained, folder["trained/diagnosis"]];
        var run = CommandRun.Of(["report", .. runs, "--out", folder["paper"]]);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.EndsWith($"files of 3 runs into {folder["paper"]}\nReport: {folder["paper/report.html"]}\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("tables/compared-01-the-optimizers-each-at-its-best-learning-rate.tex\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("plots/diagnosis-01-singular-values-of-weights.svg\n", run.Output, StringComparison.Ordinal);
        string[] files = [.. run.Output.Split('\n').SkipLast(3)];
        Assert.All(files, file => Assert.Matches("^(tables|plots)/", file));
        Assert.All(files, file => Assert.True(new FileInfo(folder[$"paper/{file}"]).Length > 0));
        Assert.All(files.Where(file => file.EndsWith(".svg", StringComparison.Ordinal)), file => _ = XElement.Load(folder[$"paper/{file}"]));
        string page = File.ReadAllText(folder["paper/report.html"]);
        Assert.All(["compared", "trained", "diagnosis"], name => Assert.Contains($"<h2>{name}</h2>", page, StringComparison.Ordinal));
        Assert.Contains("<summary>Methods</summary>", page, StringComparison.Ordinal);
        // Runs are only read, and a run's own folder takes no report of others.
        var refused = CommandRun.Of("report", comparison, "--out", trained);
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("holds a run of kappa train", refused.Error, StringComparison.Ordinal);
        Assert.Equal(2, CommandRun.Of("report", comparison, "--out", folder["trained/diagnosis"]).ExitCode);
        // The report of several is one again.
        Assert.Equal(0, CommandRun.Of("report", folder["paper"], "--out", folder["again"], "--csv").ExitCode);
        Assert.Equal(
            ["plots", "sources.json", "tables"], Directory.GetFileSystemEntries(folder["again"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Event_files_for_TensorBoard_come_from_training_runs_alone()
    {
        using var folder = new TemporaryFolder();
        Train(folder, folder["trained"], "--tensorboard");
        Assert.Equal(0, CommandRun.Of("report", folder["trained"], "--out", folder["events"], "--tensorboard").ExitCode);
        Assert.Equal(
            new FileInfo(folder["trained/events.out.tfevents.kappa"]).Length,
            new FileInfo(folder["events/tensorboard/trained/events.out.tfevents.kappa"]).Length);
        Assert.Equal(0, CommandRun.Of("compare", SmallConfig.WriteTo(folder), "--out", folder["compared"]).ExitCode);
        var refused = CommandRun.Of("report", folder["compared"], "--out", folder["none"], "--tensorboard");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("are of runs of kappa train; got none", refused.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["none"]));
    }

    [Fact]
    public void A_run_that_is_not_finished_is_said_to_be_that()
    {
        using var folder = new TemporaryFolder();
        Train(folder, folder["trained"]);
        File.Delete(folder["trained/report.json"]);
        var run = CommandRun.Of("report", folder["trained"], "--out", folder["paper"]);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("got a run of kappa train that is not finished. Finish it with --resume", run.Error, StringComparison.Ordinal);
    }

    private static void Train(TemporaryFolder folder, string path, params string[] more)
    {
        File.WriteAllText(folder["text.txt"], string.Concat(Enumerable.Repeat("A sheep and another sheep.\n", 40)));
        File.WriteAllText(folder["train.json"], Training);
        var run = CommandRun.Of(["train", folder["train.json"], "--out", path, .. more]);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
    }
}
