using System.Text.Json.Nodes;

namespace Kappa.Cli.Tests;

/// <summary>A run that goes on with other vector instructions than it began with says so and goes on; one of an earlier version says nothing.</summary>
public sealed class InstructionTests
{
    private const string Elsewhere = "Z80 8-bit";

    private const string Training = """
        {
          "name": "small",
          "data": { "name": "text", "path": "text.txt" },
          "model": { "name": "transformer", "width": 8, "layers": 1, "heads": 2, "contextLength": 8 },
          "optimizer": { "name": "adamw", "learningRate": 0.01 },
          "steps": 4, "batchSize": 2, "validationExamples": 2
        }
        """;

    [Theory]
    [InlineData(Elsewhere)]
    [InlineData(null)]
    public void A_training_run_resumed_elsewhere(string? recorded)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["text.txt"], string.Concat(Enumerable.Repeat("A sheep and another sheep.\n", 40)));
        File.WriteAllText(folder["run.json"], Training);
        Assert.Equal((0, ""), Ended(CommandRun.Of("train", folder["run.json"], "--out", folder["run"])));
        Assert.Equal(ComputeInstructions.Selected, JsonNode.Parse(File.ReadAllText(folder["run/result.json"]))!["instructions"]!.GetValue<string>());
        Assert.Contains(ComputeInstructions.Selected, File.ReadAllText(folder["run/report.html"]), StringComparison.Ordinal);
        File.Delete(folder["run/result.json"]);
        Edit(folder["run/checkpoints/step-00000004/state.json"], "instructions", recorded);
        Check(CommandRun.Of("train", "--resume", folder["run"]), "warning: ", recorded);
    }

    [Fact]
    public void A_comparison_resumed_elsewhere()
    {
        using var folder = new TemporaryFolder();
        string config = SmallConfig.WriteTo(folder);
        Assert.Equal((0, ""), Ended(CommandRun.Of("compare", config, "--out", folder["run"])));
        foreach (string result in Directory.GetFiles(folder["run/trials"], "result.json", SearchOption.AllDirectories))
            Edit(result, "instructions", Elsewhere);
        Check(CommandRun.Of("compare", "--resume", folder["run"]), "warning: ", Elsewhere);
    }

    [Theory]
    [InlineData(Elsewhere)]
    [InlineData(null)]
    public void An_experiment_resumed_elsewhere(string? recorded)
    {
        using var folder = new TemporaryFolder();
        string[] small = ["--set", "seeds=1", "--set", "width=16", "--set", "ratios=[1]", "--set", "gains=[1]"];
        Assert.Equal((0, ""), Ended(CommandRun.Of(["reproduce", "pathcond/initialisation", "--out", folder["run"], .. small])));
        Edit(folder["run/run.json"], "instructions", recorded);
        Check(CommandRun.Of("reproduce", "--resume", folder["run"]), "note: ", recorded);
    }

    [SkippableFact]
    public void With_the_widest_instructions_switched_off_a_resume_names_both()
    {
        var (widest, next, variable) = ComputeInstructions.Selected switch
        {
            "X64 AVX-512" => ("X64 AVX-512", "X64 AVX2", "DOTNET_EnableAVX512"),
            "X64 AVX2" => ("X64 AVX2", "X64 128-bit", "DOTNET_EnableAVX2"),
            var other => (other, "", ""),
        };
        Skip.If(next.Length == 0, $"{widest} cannot be switched off");
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["text.txt"], string.Concat(Enumerable.Repeat("A sheep and another sheep.\n", 40)));
        File.WriteAllText(folder["run.json"], Training);
        Assert.Equal(0, CommandRun.Of("train", folder["run.json"], "--out", folder["run"]).ExitCode);
        File.Delete(folder["run/result.json"]);
        using var process = CliProcess.Start(folder.FullPath, [(variable, "0")], "train", "--resume", "run");
        var (code, _, error) = CliProcess.Finish(process);
        Assert.Equal(0, code);
        Assert.Contains($"warning: computed so far with {widest}, and from here on with {next}", error, StringComparison.Ordinal);
    }

    private static (int, string) Ended(CommandRun run) => (run.ExitCode, run.Error);

    private static void Check(CommandRun run, string prefix, string? recorded)
    {
        Assert.Equal(0, run.ExitCode);
        if (recorded is null)
        {
            Assert.Equal("", run.Error);
            return;
        }

        Assert.StartsWith(prefix, run.Error, StringComparison.Ordinal);
        Assert.Contains($"computed so far with {recorded}, and from here on with {ComputeInstructions.Selected}", run.Error, StringComparison.Ordinal);
    }

    /// <summary>Changes a field of a file that carries its own hash, which is made anew.</summary>
    private static void Edit(string file, string field, string? value)
    {
        var json = JsonNode.Parse(File.ReadAllText(file))!.AsObject();
        Assert.True(json.ContainsKey(field), file);
        if (value is null)
            _ = json.Remove(field);
        else
            json[field] = value;
        File.WriteAllBytes(file, SealedJson.Seal(json));
    }
}
