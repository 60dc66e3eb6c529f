using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text;

namespace Kappa.Cli.Tests;

public sealed class ProbeCommandTests
{
    private const string Config = """
        {
          "name": "small",
          "data": { "name": "text", "path": "text.txt", "tokenizer": "character" },
          "model": { "name": "transformer", "width": 8, "layers": 1, "heads": 2, "contextLength": 8, "dropout": 0.1 },
          "optimizer": { "name": "adamw", "learningRate": 0.01 },
          "steps": 30,
          "batchSize": 8,
          "validationExamples": 5
        }
        """;

    [Fact]
    public void A_run_is_probed_with_a_table_a_report_and_figures_for_programs()
    {
        using var folder = Trained();
        var probe = CommandRun.Of(
            "probe", folder["run"], "--top", "3", "--samples", "12", "--density", "--criteria", "--k", "2", "8", "--dimensions", "1", "2", "--sigma", "1e-3");
        Assert.Equal(0, probe.ExitCode);
        Assert.Contains("share of tr(A^2)", probe.Output, StringComparison.Ordinal);
        Assert.Contains("Delta_2^(D), D = 2, sigma = 0.001", probe.Output, StringComparison.Ordinal);
        Assert.Contains("Notes: SquaredReLU: the gradient is continuous", probe.Output, StringComparison.Ordinal);
        Assert.Contains($"Report: {folder["run/probe/report.html"]}", probe.Output, StringComparison.Ordinal);
        Assert.Contains("Spectral density", File.ReadAllText(folder["run/probe/report.html"]), StringComparison.Ordinal);
        var numbers = JsonNode.Parse(File.ReadAllText(folder["run/probe/probe.json"]))!;
        Assert.Equal(3, numbers["eigenvalues"]!.AsArray().Count);
        Assert.True(numbers["converged"]!.GetValue<bool>());
        Assert.Equal([2, 8], numbers["criteria"]![0]!["k"]!.AsArray().Select(k => k!.GetValue<int>()));
    }

    [Fact]
    public void A_checkpoint_is_probed_like_its_run_and_other_matrices_and_parameters_can_be_chosen()
    {
        using var folder = Trained();
        string[] arguments = ["--top", "2", "--samples", "6", "--data", "validation", "--matrix", "gauss-newton", "--parameters", "block0.mlp.*"];
        var run = CommandRun.Of(["probe", folder["run"], .. arguments, "--out", folder["a"]]);
        var checkpoint = CommandRun.Of(["probe", folder["run/checkpoints/step-00000030"], .. arguments, "--out", folder["b"]]);
        Assert.Equal((0, 0), (run.ExitCode, checkpoint.ExitCode));
        string Figures(string path) => JsonNode.Parse(File.ReadAllText(folder[path]))!["eigenvalues"]!.ToJsonString();
        Assert.Equal(Figures("a/probe.json"), Figures("b/probe.json"));
    }

    [Theory]
    [InlineData("--samples: expected", "--samples", "100000")]
    [InlineData("--top: expected", "--top", "100000")]
    [InlineData("no parameter matches", "--parameters", "blok9")]
    [InlineData("--k: expected integers of 1 or more; got 0", "--criteria", "--k", "0")]
    [InlineData("expected an integer of 1 or more", "--top", "0")]
    [InlineData("--tolerance: expected a finite number above zero; got 0", "--tolerance", "0")]
    [InlineData("--sigma is a setting of the criteria; add --criteria", "--density", "--sigma", "1e-3")]
    public void What_the_model_or_the_data_do_not_have_is_bad_usage(string message, params string[] arguments)
    {
        using var folder = Trained();
        var probe = CommandRun.Of(["probe", folder["run"], .. arguments]);
        Assert.Equal(2, probe.ExitCode);
        Assert.Contains(message, probe.Error, StringComparison.Ordinal);
        Assert.Equal(2, CommandRun.Of("probe", folder["nowhere"]).ExitCode);
    }

    [SkippableFact]
    public void Control_C_ends_a_probe_inside_its_solve_with_130_and_leaves_no_report()
    {
        Skip.If(OperatingSystem.IsWindows(), "signals are sent by kill");
        using var folder = Trained();
        // Thousands of passes over 300 batches of one sample: it would go on for minutes.
        using var process = CliProcess.Start(
            folder.FullPath, "probe", "run", "--top", "200", "--samples", "300", "--batch", "1", "--tolerance", "1e-6", "--density", "--criteria");
        string? first = process.StandardOutput.ReadLine();
        Assert.StartsWith("small: ", first, StringComparison.Ordinal);
        using (var kill = Process.Start("kill", ["-INT", process.Id.ToString(CultureInfo.InvariantCulture)]))
            kill.WaitForExit();
        var (code, _, error) = CliProcess.Finish(process);
        Assert.Equal(130, code);
        Assert.Contains("interrupted: stopping after this product", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["run/probe"]));
    }

    private static TemporaryFolder Trained()
    {
        var folder = new TemporaryFolder();
        File.WriteAllText(folder["config.json"], Config);
        File.WriteAllText(
            folder["text.txt"], string.Concat(Enumerable.Range(0, 120).Select(i => $"line {i} of a text that goes on. ")), new UTF8Encoding(false));
        var train = CommandRun.Of("train", folder["config.json"], "--out", folder["run"]);
        Assert.Equal(0, train.ExitCode);
        return folder;
    }
}
