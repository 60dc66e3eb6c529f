namespace Kappa.Lab.Tests.Studies.Train;

public sealed class LanguageModelTests
{
    private const string Period = "abcdefgh";

    [Theory]
    [InlineData("character")]
    [InlineData("byte-pair")]
    public void A_text_that_repeats_is_learnt_and_written_on(string tokenizer)
    {
        using var folder = new TemporaryFolder();
        var config = SmallRun.Config(folder, $$"""
            {"data": {"name": "text", "path": "text.txt", "tokenizer": "{{tokenizer}}", "vocabulary": 257},
             "optimizer": {"name": "adamw", "learningRate": 0.02},
             "model": {"name": "transformer", "width": 16, "layers": 1, "heads": 2, "contextLength": 8}, "steps": 80}
            """);
        File.WriteAllText(folder["text.txt"], string.Concat(Enumerable.Repeat(Period, 200)));
        var run = SmallRun.Run(config, folder["run"]);
        var model = LanguageModel.Load(run.FolderPath, KappaCatalog.Choices);
        var greedy = new SamplingOptions { Temperature = 0 };
        string written = model.Tokenizer.Decode([.. model.Generate(model.Tokenizer.Encode("cdef"), greedy, new Philox(0)).Take(40)]);
        Assert.StartsWith("ghabcdefgh", written, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_a_prompt_longer_than_the_context_the_last_part_counts_and_a_seed_repeats()
    {
        using var folder = new TemporaryFolder();
        var run = SmallRun.Run(SmallRun.Config(folder), folder["run"]);
        var model = LanguageModel.Load(Directory.GetDirectories(run.Checkpoints.FolderPath).Order(StringComparer.Ordinal).First(), KappaCatalog.Choices);
        Assert.EndsWith("step-00000018", model.Origin, StringComparison.Ordinal);
        int[] prompt = model.Tokenizer.Encode(SmallRun.Text[..50]);
        int[] Write(IReadOnlyList<int> start, ulong seed) => [.. model.Generate(start, new SamplingOptions(), new Philox(seed)).Take(30)];
        Assert.Equal(Write(prompt, 1), Write(prompt[^model.ContextLength..], 1));
        Assert.NotEqual(Write(prompt, 1), Write(prompt, 2));
        Assert.Throws<ArgumentException>(() => Write([], 1));
    }

    [Fact]
    public void What_is_no_language_model_is_said_to_be_none()
    {
        using var folder = new TemporaryFolder();
        var pictures = TrainingConfig.Parse(
            """{ "name": "p", "data": { "name": "fashion-mnist" }, "model": { "name": "mlp" }, "optimizer": { "name": "sgd", "learningRate": 1 } }""",
            folder.FullPath, KappaCatalog.Choices);
        Begin(pictures, folder["pictures"]);
        Assert.Contains("which is no language model", Refused(folder["pictures"]), StringComparison.Ordinal);
        Begin(SmallRun.Config(folder), folder["empty"]);
        var missing = Assert.Throws<DamagedFileException>(() => LanguageModel.Load(folder["empty"], KappaCatalog.Choices));
        Assert.Contains("tokenizer.json: it is missing", missing.Message, StringComparison.Ordinal);
        Assert.Contains("there is no such folder", Refused(folder["nowhere"]), StringComparison.Ordinal);
        _ = Directory.CreateDirectory(folder["checkpoint"]);
        File.WriteAllText(folder["checkpoint/state.json"], "{}");
        _ = Refused(folder["checkpoint"]);

        static string Refused(string path) => Assert.Throws<RunFolderException>(() => LanguageModel.Load(path, KappaCatalog.Choices)).Message;
    }

    [Fact]
    public void A_run_without_a_checkpoint_is_said_to_have_none()
    {
        using var folder = new TemporaryFolder();
        var config = SmallRun.Config(folder);
        using var run = SmallRun.Open(config, folder["run"]);
        run.Begin(TrainingRunner.IdentityOf(config, TrainingRunner.LoadData(config, run), run));
        Assert.Contains(
            "there is no checkpoint yet", Assert.Throws<RunFolderException>(() => LanguageModel.Load(run.FolderPath, KappaCatalog.Choices)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_report_has_the_curves_the_result_and_a_text_whose_marks_are_escaped()
    {
        using var folder = new TemporaryFolder();
        var config = SmallRun.Config(folder) with { Name = "<b>small</b>" };
        File.WriteAllText(folder["text.txt"], string.Concat(Enumerable.Repeat("<i>&</i>", 100)));
        var run = SmallRun.Run(config, folder["run"]);
        var environment = new RunEnvironment("kappa train run.json", DateTimeOffset.UnixEpoch, "1.2.3", "a machine");
        ReportWriter.Write(new RunPart(run.FolderPath), new Report(config.Name, environment, [TrainingReport.Of(run, config)]));
        string html = File.ReadAllText(Path.Combine(run.FolderPath, "report.html"));
        Assert.All(
            ["data-plot=\"3\"", "What it writes", "&lt;b&gt;small", "Validation bits per character", "kappa train run.json", "processor time"],
            part => Assert.Contains(part, html, StringComparison.Ordinal));
        Assert.DoesNotContain("<b>small", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<i>", html[..html.IndexOf("<script", StringComparison.Ordinal)], StringComparison.Ordinal);
    }

    private static void Begin(TrainingConfig config, string path)
    {
        using var run = SmallRun.Open(config, path);
        run.Begin(new Dictionary<string, string>());
    }
}
