using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Kappa.Cli.Tests;

/// <summary>Kills and interrupts the real process.</summary>
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

    /// <summary>5 kills, or as many as the environment variable KAPPA_KILLS says.</summary>
    private static int Kills => int.TryParse(Environment.GetEnvironmentVariable("KAPPA_KILLS"), out int kills) ? kills : 5;

    [Fact]
    public void A_run_killed_at_random_moments_and_resumed_ends_bit_identical_to_an_undisturbed_one()
    {
        using var folder = new TemporaryFolder();
        string config = SmallConfig.WriteTo(folder, Config);
        Assert.Equal(0, CommandRun.Of("compare", config, "--out", folder["whole"], "--jobs", "2").ExitCode);
        string expected = Fingerprint(folder["whole"]);
        var generator = new Philox(21);
        int kills = 0;
        for (int round = 0; kills < Kills; round++)
        {
            string path = folder[string.Create(CultureInfo.InvariantCulture, $"round{round}")];
            for (bool isDone = false, isFirst = true; !isDone; isFirst = false)
            {
                string[] mode = !isFirst && File.Exists(Path.Combine(path, "run.json")) ? ["--resume"] : [];
                using var process = CliProcess.Start(folder.FullPath, ["compare", config, "--out", path, "--jobs", "2", .. mode]);
                // From before the first trial to about the end; the process needs some 0.2 seconds to start.
                isDone = kills >= Kills || process.WaitForExit(150 + generator.NextInt32(900));
                if (!isDone)
                {
                    process.Kill();
                    process.WaitForExit();
                    kills++;
                    continue;
                }
                var (code, _, error) = CliProcess.Finish(process);
                Assert.True(code == 0, error);
            }
            Assert.Equal(expected, Fingerprint(path));
        }
    }

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
        Assert.Contains($"  kappa compare {config} --out stopped --resume", error, StringComparison.Ordinal);
        Assert.Equal(2, Directory.GetFiles(folder["stopped/trials"], "model.safetensors", SearchOption.AllDirectories).Length);
    }

    private static void WaitUntil(Func<bool> condition)
    {
        for (int i = 0; i < 1200 && !condition(); i++)
            Thread.Sleep(50);
        Assert.True(condition());
    }

    /// <summary>Results and metrics of all trials without their wall-clock time, and the summary.</summary>
    private static string Fingerprint(string run)
    {
        var lines = new List<string>();
        foreach (string trial in Directory.GetDirectories(Path.Combine(run, "trials")).Order(StringComparer.Ordinal))
        {
            lines.Add(Path.GetFileName(trial));
            lines.Add(Without("secondsPerStep", File.ReadAllText(Path.Combine(trial, "result.json"))));
            lines.AddRange(File.ReadLines(Path.Combine(trial, "metrics.jsonl")).Select(line => Without("seconds", line)));
        }
        return string.Join('\n', lines);
    }

    private static string Without(string field, string json)
    {
        var node = JsonNode.Parse(json)!.AsObject();
        Assert.True(node.Remove(field));
        // Hashes of files that hold times.
        _ = node.Remove(SealedJson.Field);
        _ = (node["metrics"] as JsonObject)?.Remove("sha256");
        return node.ToJsonString();
    }
}
