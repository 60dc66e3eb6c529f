using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Kappa.Cli.Tests;

public sealed class TrainCommandTests
{
    private const string Config = """
        {
          "name": "small",
          "data": { "name": "text", "path": "text.txt", "tokenizer": "byte-pair", "vocabulary": 270 },
          "model": { "name": "transformer", "width": 16, "layers": 1, "heads": 2, "contextLength": 16, "dropout": 0.1 },
          "optimizer": { "name": "muon", "learningRate": 0.01, "activationPreconditioning": { "movingAverage": 0.5, "refresh": 3 } },
          "steps": 900,
          "batchSize": 8,
          "checkpointEvery": 40,
          "evaluateEvery": 30,
          "validationExamples": 5
        }
        """;

    [Fact]
    public void Train_fills_the_folder_and_generate_writes_from_it()
    {
        using var folder = new TemporaryFolder();
        var train = CommandRun.Of("train", WriteTo(folder, Config.Replace("900", "20", StringComparison.Ordinal)), "--out", folder["run"]);
        Assert.Equal("", train.Error);
        Assert.Equal(0, train.ExitCode);
        Assert.Contains("20 steps, 2,560 tokens", train.Output, StringComparison.Ordinal);
        Assert.Contains("bits per character on all validation text: ", train.Output, StringComparison.Ordinal);
        Assert.EndsWith($"Report: {folder["run/report.html"]}\n", train.Output, StringComparison.Ordinal);
        Assert.Equal(
            [".kappa-lock", "checkpoints", "config.json", "metrics.jsonl", "report.html", "report.json", "result.json", "run.json", "tokenizer.json"],
            Directory.GetFileSystemEntries(folder["run"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        var text = CommandRun.Of("generate", folder["run"], "--prompt", "é", "--tokens", "50", "--seed", "2");
        Assert.Equal((0, ""), (text.ExitCode, text.Error));
        Assert.StartsWith("é", text.Output, StringComparison.Ordinal);
        Assert.Equal(text, CommandRun.Of("generate", folder["run/checkpoints/step-00000020"], "--prompt", "é", "--tokens", "50", "--seed", "2"));
        Assert.NotEqual(text, CommandRun.Of("generate", folder["run"], "--prompt", "é", "--tokens", "50", "--seed", "3"));
        var longer = CommandRun.Of(
            "generate", folder["run"], "--prompt", "sheep and more sheep and again sheep", "--tokens", "3", "--top-k", "2", "--temperature", "0.5");
        Assert.Matches("^note: the prompt has [0-9]+ tokens, and the model sees 16: it goes on from the last 16\n$", longer.Error);
        Assert.Equal(0, longer.ExitCode);
    }

    [Fact]
    public void Generate_writes_several_texts_side_by_side_and_stops_where_it_is_told_to()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(0, CommandRun.Of("train", WriteTo(folder, Config.Replace("900", "20", StringComparison.Ordinal)), "--out", folder["run"]).ExitCode);
        string[] Lines(params string[] more) =>
            CommandRun.Of(["generate", folder["run"], "--prompt", "sh", "--prompt", "a", "--samples", "2", "--tokens", "30", "--json", .. more])
                .Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string[] whole = Lines(), stopped = Lines("--stop", "e", "--stop", "no such text");
        Assert.Equal(4, whole.Length);
        for (int i = 0; i < 4; i++)
        {
            var (all, part) = (JsonNode.Parse(whole[i])!, JsonNode.Parse(stopped[i])!);
            Assert.Equal(i < 2 ? "sh" : "a", (string)all["prompt"]!);
            Assert.Equal((30, false), ((int)all["tokens"]!, (bool)all["isStopped"]!));
            string text = (string)all["text"]!;
            int end = text.IndexOf('e', StringComparison.Ordinal);
            Assert.Equal(end < 0 ? text : text[..end], (string)part["text"]!);
            Assert.Equal(end >= 0, (bool)part["isStopped"]!);
        }
        Assert.NotEqual((string)JsonNode.Parse(whole[0])!["text"]!, (string)JsonNode.Parse(whole[1])!["text"]!);
        var plain = CommandRun.Of("generate", folder["run"], "--prompt", "a", "--samples", "2", "--tokens", "5", "--top-p", "0.5");
        Assert.Contains("--- 2 of 2 ---", plain.Output, StringComparison.Ordinal);
        Assert.Contains("2 texts, 10 tokens in ", plain.Error, StringComparison.Ordinal);
        var one = CommandRun.Of("generate", folder["run"], "--prompt", "sh", "--tokens", "30", "--temperature", "0", "--stop", "p");
        Assert.DoesNotContain("p", one.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_config_that_was_edited_is_refused_unless_amended_and_the_report_says_where()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(0, CommandRun.Of("train", WriteTo(folder, Config.Replace("900", "20", StringComparison.Ordinal)), "--out", folder["run"]).ExitCode);
        string config = folder["run/config.json"];
        File.WriteAllText(config, File.ReadAllText(config).Replace("\"steps\": 20", "\"steps\": 30", StringComparison.Ordinal));
        var refused = CommandRun.Of("train", "--resume", folder["run"]);
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("  steps: 20 when the run began, 30 now\n", refused.Error, StringComparison.Ordinal);
        Assert.Contains("--amend", refused.Error, StringComparison.Ordinal);
        var amended = CommandRun.Of("train", "--resume", folder["run"], "--amend");
        Assert.Equal(
            (0, $"note: {folder["run"]}: goes on from step 20 with a change: steps: 20 when the run began, 30 now\n"), (amended.ExitCode, amended.Error));
        Assert.Contains("30 steps, ", amended.Output, StringComparison.Ordinal);
        const string Change = "steps: 20 when the run began, 30 now";
        Assert.Contains($"The run was changed on its way, from step 20: {Change}.", File.ReadAllText(folder["run/report.html"]), StringComparison.Ordinal);
        Assert.Single(File.ReadLines(folder["run/metrics.jsonl"]), line => line.Contains(Change, StringComparison.Ordinal));
        // From then on it is the run's config.
        Assert.Equal((0, ""), Ended(CommandRun.Of("train", "--resume", folder["run"])));
        Assert.StartsWith("error: --amend is for --resume", CommandRun.Of("train", config, "--amend").Error, StringComparison.Ordinal);
        static (int, string) Ended(CommandRun run) => (run.ExitCode, run.Error);
    }

    [Theory]
    [InlineData("--force")]
    [InlineData("--resume")]
    public void The_folder_of_another_command_is_left_alone_whatever_is_said(string mode)
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(0, CommandRun.Of("train", WriteTo(folder, Config.Replace("900", "2", StringComparison.Ordinal)), "--out", folder["run"]).ExitCode);
        string before = File.ReadAllText(folder["run/run.json"]);
        string[] begun = mode == "--resume" ? ["--resume", folder["run"]] : [SmallConfig.WriteTo(folder), "--out", folder["run"], mode];
        var compare = CommandRun.Of(["compare", .. begun]);
        Assert.Equal(2, compare.ExitCode);
        Assert.Contains("holds a run of kappa train, which kappa compare leaves alone", compare.Error, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(folder["run/run.json"]));
        Assert.True(File.Exists(folder["run/result.json"]));
    }

    [Fact]
    public void Diagnose_prints_tables_and_writes_a_report()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(0, CommandRun.Of("train", WriteTo(folder, Config.Replace("900", "20", StringComparison.Ordinal)), "--out", folder["run"]).ExitCode);
        var diagnosis = CommandRun.Of("diagnose", folder["run"], "--kernel", "4");
        Assert.Equal((0, ""), (diagnosis.ExitCode, diagnosis.Error));
        Assert.Contains("block0.attention.query.weight", diagnosis.Output, StringComparison.Ordinal);
        Assert.Contains("Dormant units", diagnosis.Output, StringComparison.Ordinal);
        Assert.Contains("Tangent kernel", diagnosis.Output, StringComparison.Ordinal);
        Assert.Contains(folder["run/diagnosis/report.html"], diagnosis.Output, StringComparison.Ordinal);
        Assert.Contains("<h2>Weights</h2>", File.ReadAllText(folder["run/diagnosis/report.html"]), StringComparison.Ordinal);
        var again = CommandRun.Of("diagnose", folder["run/checkpoints/step-00000020"], "--kernel", "0", "--out", folder["other"]);
        Assert.Equal(0, again.ExitCode);
        Assert.DoesNotContain("Tangent kernel", again.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(folder["other/diagnosis.json"]));
        var wrong = CommandRun.Of("diagnose", folder["none"]);
        Assert.Equal(2, wrong.ExitCode);
        Assert.Contains("no such folder", wrong.Error, StringComparison.Ordinal);
        Assert.Equal(
            "error: --examples: expected an integer of 1 or more; got 0\n",
            CommandRun.Of("diagnose", folder["run"], "--examples", "0").Error.Split("kappa ")[0]);
    }

    [Fact]
    public void Characters_of_several_bytes_arrive_whole()
    {
        using var folder = new TemporaryFolder();
        string config = WriteTo(folder, Config.Replace("900", "60", StringComparison.Ordinal).Replace("270", "257", StringComparison.Ordinal));
        // With a token for each byte no character comes in one.
        File.WriteAllText(folder["text.txt"], string.Concat(Enumerable.Repeat("ελ", 400)), new UTF8Encoding(false));
        Assert.Equal(0, CommandRun.Of("train", config, "--out", folder["run"]).ExitCode);
        var text = CommandRun.Of("generate", folder["run"], "--prompt", "ελελ", "--tokens", "8", "--temperature", "0");
        Assert.Matches("^(ελ){4}ε?\n$", text.Output);
    }

    [SkippableFact]
    public void Control_C_writes_a_checkpoint_prints_the_command_to_resume_and_exits_with_130()
    {
        Skip.If(OperatingSystem.IsWindows(), "signals are sent by kill");
        using var folder = new TemporaryFolder();
        string config = WriteTo(
            folder,
            Config.Replace("900", "1000000", StringComparison.Ordinal)
                .Replace("\"checkpointEvery\": 40", "\"checkpointEvery\": 1000000", StringComparison.Ordinal));
        using var process = CliProcess.Start(folder.FullPath, "train", config, "--out", "stopped");
        for (int i = 0; i < 1200 && (!File.Exists(folder["stopped/metrics.jsonl"]) || new FileInfo(folder["stopped/metrics.jsonl"]).Length == 0); i++)
            Thread.Sleep(50);
        using (var kill = Process.Start("kill", ["-INT", process.Id.ToString(CultureInfo.InvariantCulture)]))
            kill.WaitForExit();
        var (code, _, error) = CliProcess.Finish(process);
        Assert.Equal(130, code);
        Assert.EndsWith("Continue with:\n  kappa train --resume stopped\n", error, StringComparison.Ordinal);
        Assert.Single(Directory.GetDirectories(folder["stopped/checkpoints"]));
    }

    [Fact]
    public void What_goes_wrong_is_said_with_the_way_out()
    {
        using var folder = new TemporaryFolder();
        string config = WriteTo(folder, Config);
        Fails(2, "error: train: expected a config, or --resume and the folder of a run; got neither\n", "train");
        Fails(2, "error: --resume takes everything else from the run's folder; leave a config, --out and --force out", "train", config, "--resume", "x");
        Fails(2, $"error: {folder["none"]}: there is no run of kappa train here", "train", "--resume", folder["none"]);
        Fails(2, $"error: {folder["none"]}: there is no such folder", "generate", folder["none"]);
        Fails(2, "error: --tokens: expected an integer of 1 or more; got 0\n", "generate", "x", "--tokens", "0");
        Fails(2, "error: --temperature: expected a number of 0 or more; got NaN\n", "generate", "x", "--temperature", "NaN");
        string wrong = WriteTo(folder, Config.Replace("muon", "moun", StringComparison.Ordinal));
        Fails(2, $"error: {wrong}: optimizer.name: unknown optimizer \"moun\"; did you mean \"muon\"?", "train", wrong);
        string diverging = WriteTo(folder, Config.Replace("\"muon\", \"learningRate\": 0.01", "\"sgd\", \"learningRate\": 1e30", StringComparison.Ordinal));
        Fails(1, "error: step ", "train", diverging, "--out", folder["diverged"]);
        Fails(2, "error: ", "train", diverging, "--out", folder["diverged"]);
        File.WriteAllBytes(folder["text.txt"], [0x61, 0xff, 0x62]);
        Fails(1, $"error: {folder["text.txt"]}: expected UTF-8 text, got the byte 0xff at offset 1.", "train", config, "--out", folder["broken"]);

        static void Fails(int code, string error, params string[] arguments)
        {
            var run = CommandRun.Of(arguments);
            Assert.StartsWith(error, run.Error, StringComparison.Ordinal);
            Assert.Equal(code, run.ExitCode);
        }
    }

    private static string WriteTo(TemporaryFolder folder, string config)
    {
        File.WriteAllText(
            folder["text.txt"],
            string.Concat(Enumerable.Range(0, 400).Select(i => string.Create(CultureInfo.InvariantCulture, $"{i * 7 % 100} sheep, é {i % 3};\n"))),
            new UTF8Encoding(false));
        return SmallConfig.WriteTo(folder, config);
    }
}
