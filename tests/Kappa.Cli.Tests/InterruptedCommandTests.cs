using System.Diagnostics;
using System.Globalization;

namespace Kappa.Cli.Tests;

/// <summary>Ctrl-C in the midst of each command that runs for long: it ends with 130, says how to go on, and prints no table of what is not there.</summary>
public sealed class InterruptedCommandTests(SmallRuns runs) : IClassFixture<SmallRuns>
{
    private const string StartsOver = "interrupted; the same command starts over\n";

    // The command, what to wait for (a file, or a line of the output where there is none), and the end of what it says.
    public static TheoryData<string, string, string> Cases => new()
    {
        { "compare long/compare.json --out stopped/compare", "stopped/compare/trials", "Continue with:\n  kappa compare --resume stopped/compare\n" },
        { "train long/train.json --out stopped/train", "stopped/train/metrics.jsonl", "Continue with:\n  kappa train --resume stopped/train\n" },
        { "sweep long/sweep.json --out stopped/sweep", "stopped/sweep/run.json", "Continue with:\n  kappa sweep --resume stopped/sweep\n" },
        {
            "reproduce pathcond/two-moons --set epochs=1000000000 --set points=20 --set hidden=[[4]] --set learningRates=[0.1] --out stopped/reproduce",
            "stopped/reproduce/run.json", "Continue with:\n  kappa reproduce --resume stopped/reproduce\n"
        },
        { "probe texts --top 60 --samples 20 --batch 1 --tolerance 1e-12 --density --criteria --out stopped/probe", "", StartsOver },
        { "generate texts --tokens 100000000", "", StartsOver },
        { "serve . --port 0", "", StartsOver },
    };

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void It_says_how_to_go_on_and_prints_no_table(string line, string file, string end)
    {
        Skip.If(OperatingSystem.IsWindows(), "signals are sent by kill");
        Write("compare", SmallConfig.Json.Replace("\"steps\": 20", "\"steps\": 100000000", StringComparison.Ordinal));
        string train = OwnFiles.TrainConfig("csv").Replace("\"steps\": 6", "\"steps\": 100000000", StringComparison.Ordinal);
        Write("train", train);
        Write("sweep", $$"""{ "name": "long", "trials": 2, "search": { "optimizer.learningRate": { "values": [0.1, 0.2] } }, "train": {{train}} }""");
        using var process = CliProcess.Start(runs["."], line.Split(' '));
        if (file.Length == 0)
            _ = process.StandardOutput.Read();
        else
            WaitFor(file, process);
        using (var kill = Process.Start("kill", ["-INT", process.Id.ToString(CultureInfo.InvariantCulture)]))
            kill.WaitForExit();
        var (code, output, error) = CliProcess.Finish(process);
        Assert.Equal(130, code);
        Assert.EndsWith(end, error, StringComparison.Ordinal);
        Assert.DoesNotContain("–", output, StringComparison.Ordinal);
        Assert.DoesNotContain("Report: ", output, StringComparison.Ordinal);
    }

    private void Write(string name, string config)
    {
        _ = Directory.CreateDirectory(runs["long"]);
        File.WriteAllText(runs[$"long/{name}.json"], config);
    }

    private void WaitFor(string file, Process process)
    {
        while (!Path.Exists(runs[file]))
        {
            Assert.False(process.HasExited, "it ended by itself");
            Thread.Sleep(20);
        }
    }
}
