using System.Text.Json.Nodes;

namespace Kappa.Cli.Tests;

/// <summary>What the user, the disk or the memory did not allow is said so, with the way out; it is no fault of Kappa.</summary>
public sealed class WhoseFaultTests
{
    private const string Wide = """
        {
          "name": "wide",
          "data": { "name": "text", "path": "text.txt" },
          "model": { "name": "transformer", "width": 1048576, "layers": 1, "heads": 2, "contextLength": 8 },
          "optimizer": { "name": "adamw", "learningRate": 0.01 },
          "steps": 3, "batchSize": 2
        }
        """;

    public static TheoryData<Exception, int, string> Failures => new()
    {
        { new OutOfMemoryException(), 1, "not enough memory" },
        { new AggregateException(new OutOfMemoryException()), 1, "not enough memory" },
        { new ExperimentException("cell: no", new OutOfMemoryException()), 1, "not enough memory" },
        { new ExperimentException("cell: no", new AggregateException(new InvalidOperationException("x", new OutOfMemoryException()))), 1, "not enough memory" },
        { new AggregateException(new IOException("No space left on device : '/runs/a'")), 1, "No space left on device" },
        { new ExperimentException("cell: the loss is NaN", new NonFiniteException("the loss is NaN")), 1, "cell: the loss is NaN" },
        { new AggregateException(new OperationCanceledException()), 130, "the same command starts over" },
        { new TypeInitializationException("Pictures", new ConfigException("steps: expected 1 or more")), 2, "steps: expected 1 or more" },
        { new FileNotFoundException("the data set x was not found. Set KAPPA_DATA_BROWN_CORPUS"), 2, "KAPPA_DATA_BROWN_CORPUS" },
        { new UnauthorizedAccessException("Access to the path '/x' is denied."), 1, "denied" },
    };

    /// <summary>The command line, where {x} stands for a file of the test's folder and LONG for a name that no file system takes.</summary>
    public static TheoryData<string, string, int> CommandLines => new()
    {
        { "train {wide.json} --out {run}", "not enough memory", 1 },
        { "train {wide.json} --out LONG", "", 1 },
        { "train LONG", "there is no such file", 2 },
        { "train --resume LONG", "there is no run of kappa train here", 2 },
        { "train /dev/zero", "expected a file of at most", 2 },
        { "train {wide.json} --out {wide.json}/x", "", 1 },
        { "compare {wide.json} --jobs 2147483647", "--jobs: expected at most 1024; got 2147483647", 2 },
        { "reproduce pathcond/two-moons --jobs 5000", "--jobs: expected at most 1024; got 5000", 2 },
        { "reproduce pathcond/two-moons --set seeds=1000000", "seeds: expected an integer from 1 to 10000", 2 },
        { "reproduce pathcond/two-moons --out {wide.json}", "expected a folder; it is a file", 2 },
        { "reproduce pathcond/two-moons --out LONG", "", 1 },
        { "reproduce --resume LONG", "there is no run of kappa reproduce here", 2 },
        { "demo --out {wide.json}", "expected a folder; it is a file", 2 },
        { "demo --out LONG", "", 1 },
        { "generate LONG", "there is no such folder", 2 },
        { "generate {wide.json}", "there is no such folder", 2 },
        { "probe LONG", "there is no such folder", 2 },
        { "diagnose LONG", "there is no such folder", 2 },
        { "rescale LONG --model {wide.json} --analyse", "", 1 },
        { "rescale /dev/zero --model {wide.json} --analyse", "header's length", 1 },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public void A_failure_is_told_by_its_cause(Exception error, int code, string message)
    {
        var failure = ReportedFailure.Of(error);
        Assert.Equal(code, failure.Code);
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("fault of Kappa", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_neither_is_a_fault_of_Kappa() =>
        Assert.Contains("fault of Kappa", ReportedFailure.Of(new InvalidOperationException("x")).Message, StringComparison.Ordinal);

    [SkippableTheory]
    [MemberData(nameof(CommandLines))]
    public void A_command_line_that_the_machine_does_not_allow(string line, string message, int code)
    {
        Skip.If(OperatingSystem.IsWindows(), "paths of Unix");
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["text.txt"], string.Concat(Enumerable.Repeat("A sheep and another sheep.\n", 40)));
        File.WriteAllText(folder["wide.json"], Wide);
        string[] arguments =
        [
            .. line.Split(' ').Select(part => Placed(part.Replace("LONG", folder[new string('a', 300)], StringComparison.Ordinal), folder)),
        ];
        var run = CommandRun.Of(arguments);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.StartsWith("error: ", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("fault of Kappa", run.Error, StringComparison.Ordinal);
        Assert.Equal(code, run.ExitCode);
    }

    /// <summary>The same field twice, types that are others, damaged text: in every file of a config, and in --set.</summary>
    [Theory]
    [InlineData("""{"name": "a", "name": "b"}""")]
    [InlineData("""{"name": 3}""")]
    [InlineData("""{"name": "\ud800"}""")]
    [InlineData("""{"data": "text"}""")]
    [InlineData("""{"optimizer": {"name": "adamw", "learningRate": "x"}}""")]
    [InlineData("[[[[")]
    public void A_damaged_config_is_a_usage_error(string text)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["run.json"], text);
        foreach (string command in new[] { "train", "compare" })
        {
            var run = CommandRun.Of(command, folder["run.json"], "--out", folder["run"]);
            Assert.Equal(2, run.ExitCode);
            Assert.DoesNotContain("fault of Kappa", run.Error, StringComparison.Ordinal);
        }
    }

    /// <summary>/dev/full takes no byte: the disk is full from the first line of the metrics on.</summary>
    [SkippableFact]
    public void A_full_disk_is_said_in_training()
    {
        Skip.IfNot(File.Exists("/dev/full"), "/dev/full is the full disk");
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["text.txt"], string.Concat(Enumerable.Repeat("A sheep and another sheep.\n", 40)));
        var config = JsonNode.Parse(Wide)!.AsObject();
        config["model"]!["width"] = 8;
        File.WriteAllText(folder["run.json"], config.ToJsonString());
        _ = Directory.CreateDirectory(folder["run"]);
        Assert.Equal(0, CommandRun.Of("train", folder["run.json"], "--out", folder["run"]).ExitCode);
        File.Delete(folder["run/result.json"]);
        File.Delete(folder["run/metrics.jsonl"]);
        Directory.Delete(folder["run/checkpoints"], recursive: true);
        _ = File.CreateSymbolicLink(folder["run/metrics.jsonl"], "/dev/full");
        var full = CommandRun.Of("train", "--resume", folder["run"]);
        Assert.Equal(1, full.ExitCode);
        Assert.DoesNotContain("fault of Kappa", full.Error, StringComparison.Ordinal);
    }

    private static string Placed(string part, TemporaryFolder folder)
    {
        int end = part.IndexOf('}', StringComparison.Ordinal);
        return part.StartsWith('{') && end > 0 ? folder[part[1..end]] + part[(end + 1)..] : part;
    }
}
