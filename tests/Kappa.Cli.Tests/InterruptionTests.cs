using System.Diagnostics;
using System.Globalization;

namespace Kappa.Cli.Tests;

/// <summary>Interrupts the real process; the tests of resuming kill it.</summary>
public sealed class InterruptionTests
{
    private const string Config = """
        {
          "name": "killed",
          "task": { "name": "linear-control", "examples": 500, "validationExamples": 50, "horizon": 10 },
          "optimizers": [
            { "name": "adamw" },
            { "name": "dopr-muon", "matrices": "all", "activationPreconditioning": { "movingAverage": 0.5, "refresh": 3 } }
          ],
          "learningRates": [0.001, 0.003],
          "seeds": 2,
          "steps": 600,
          "batchSize": 32,
          "checkpointEvery": 40,
          "evaluateEvery": 30
        }
        """;

    [SkippableFact]
    public void Control_C_writes_checkpoints_prints_the_command_to_resume_and_exits_with_130()
    {
        Skip.If(OperatingSystem.IsWindows(), "signals are sent by kill");
        using var folder = new TemporaryFolder();
        string config = SmallConfig.WriteTo(folder, Config.Replace("600", "200000", StringComparison.Ordinal));
        using var process = CliProcess.Start(folder.FullPath, "compare", config, "--out", "stopped", "--jobs", "2");
        WaitUntil(
            () => Directory.Exists(folder["stopped/trials"]) && Directory.GetFiles(
                folder["stopped/trials"], "metrics.jsonl", SearchOption.AllDirectories).Length == 2);
        using (var kill = Process.Start("kill", ["-INT", process.Id.ToString(CultureInfo.InvariantCulture)]))
            kill.WaitForExit();
        var (code, _, error) = CliProcess.Finish(process);
        Assert.Equal(130, code);
        Assert.Contains("  kappa compare --resume stopped", error, StringComparison.Ordinal);
        Assert.Equal(2, Directory.GetFiles(folder["stopped/trials"], "model.safetensors", SearchOption.AllDirectories).Length);
    }

    private static void WaitUntil(Func<bool> condition)
    {
        for (int i = 0; i < 1200 && !condition(); i++)
            Thread.Sleep(50);
        Assert.True(condition());
    }
}
