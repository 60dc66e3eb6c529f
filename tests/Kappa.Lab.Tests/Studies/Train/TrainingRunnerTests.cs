namespace Kappa.Lab.Tests.Studies.Train;

public sealed class TrainingRunnerTests
{
    [Theory]
    [InlineData("{}")]
    [InlineData("""{"optimizer": {"name": "adamo", "learningRate": 0.01, "interval": 2, "strength": 1}, "diagnostics": 3}""")]
    [InlineData("""
        {"optimizer": {"name": "muon", "learningRate": 0.01, "activationPreconditioning": {"movingAverage": 0.9, "refresh": 3}},
         "steps": null, "epochs": 0.17}
        """)]
    public void A_run_that_is_stopped_and_resumed_ends_in_the_same_bits(string change)
    {
        using var folder = new TemporaryFolder();
        var config = SmallRun.Config(folder, change) with { EvaluateEvery = 1 };
        string whole = SmallRun.Fingerprint(SmallRun.Run(config, folder["whole"]));
        string parts = folder["parts"];
        foreach (int stop in new[] { 0, 1, 6, 7, 8, 9, 19 })
            Assert.Null(SmallRun.Continue(config, parts, stop));
        Assert.NotNull(SmallRun.Continue(config, parts, null));
        Assert.Equal(whole, SmallRun.Fingerprint(new TrainingFolder(new RunPart(parts))));
    }

    [Fact]
    public void The_metrics_of_a_run_by_epochs_say_from_the_first_line_how_many_steps_they_are()
    {
        using var folder = new TemporaryFolder();
        var run = SmallRun.Run(SmallRun.Config(folder, """{"steps": null, "epochs": 0.17, "diagnostics": 3}"""), folder["epochs"]);
        Assert.All(run.ReadMetrics(), line => Assert.Equal(run.ReadResult()!.Steps, line.AllSteps));
        Assert.All(SmallRun.Run(SmallRun.Config(folder), folder["steps"]).ReadMetrics(), line => Assert.Null(line.AllSteps));
    }

    [Fact]
    public void Another_seed_gives_another_run_and_the_same_one_the_same()
    {
        using var folder = new TemporaryFolder();
        var config = SmallRun.Config(folder);
        string first = SmallRun.Fingerprint(SmallRun.Run(config, folder["a"]));
        Assert.Equal(first, SmallRun.Fingerprint(SmallRun.Run(config, folder["b"])));
        Assert.NotEqual(first, SmallRun.Fingerprint(SmallRun.Run(config with { Seed = 1 }, folder["c"])));
    }

    [Fact]
    public void Before_training_the_bits_per_character_are_those_of_equal_chances_and_training_lowers_them()
    {
        using var folder = new TemporaryFolder();
        var config = SmallRun.Config(folder, """{"steps": 120, "evaluateEvery": 40, "validationExamples": "all"}""");
        var run = SmallRun.Run(config, folder["run"]);
        var lines = run.ReadMetrics();
        Assert.Equal([0, 40, 80, 120], lines.Select(line => line.Step));
        // The head starts at zero, so that all tokens are equally likely.
        int vocabulary = Tokenizer.Load(Path.Combine(run.FolderPath, "tokenizer.json")).VocabularySize;
        Assert.Equal(Math.Log2(vocabulary), lines[0].BitsPerCharacter!.Value, 4);
        Assert.True(lines[^1].BitsPerCharacter < 0.6 * lines[0].BitsPerCharacter, $"{lines[^1].BitsPerCharacter}");
        Assert.All(lines, line => Assert.Null(line.Accuracy));
        var result = run.ReadResult()!;
        Assert.Equal(lines[^1].BitsPerCharacter!.Value, result.Metric, 12);
        Assert.Equal((120, 120 * 4 * 8L, "bits per character"), (result.Steps, result.Units, result.MetricName));
        Assert.Equal((2 * 16 * vocabulary) + (12 * 16 * 16), result.Parameters);
    }

    [Fact]
    public void Two_checkpoints_are_kept_and_the_metrics_have_a_line_for_each_evaluation()
    {
        using var folder = new TemporaryFolder();
        var run = SmallRun.Run(SmallRun.Config(folder), folder["run"]);
        Assert.Equal(["step-00000018", "step-00000023"], Directory.GetDirectories(run.Checkpoints.FolderPath).Select(Path.GetFileName).Order());
        Assert.Equal([0, 5, 10, 15, 20, 23], run.ReadMetrics().Select(line => line.Step));
    }

    [Fact]
    public void A_run_of_minutes_ends_by_the_clock_and_its_rate_falls_to_nothing()
    {
        using var folder = new TemporaryFolder();
        var config = SmallRun.Config(
            folder, """{"steps": null, "minutes": 1, "evaluateEvery": null, "checkpointEvery": null, "schedule": {"warmup": 0, "decay": "linear"}}""");
        var run = SmallRun.Run(config, folder["run"], new TickingClock());
        var lines = run.ReadMetrics();
        Assert.InRange(run.ReadResult()!.Seconds, 60, 62);
        Assert.InRange(lines.Count, 20, 22);
        double[] rates = [.. lines.Skip(1).Select(line => line.LearningRate!.Value)];
        Assert.Equal(rates.OrderDescending(), rates);
        Assert.InRange(rates[^1], 0, 0.05 * config.Optimizer.LearningRate);
    }

    [Fact]
    public void A_loss_that_is_not_finite_is_named_with_its_step_and_the_way_out()
    {
        using var folder = new TemporaryFolder();
        var config = SmallRun.Config(folder, """{"optimizer": {"name": "sgd", "learningRate": 1e30}, "schedule": {"warmup": 0, "decay": "none"}}""");
        var error = Assert.Throws<NonFiniteException>(() => SmallRun.Run(config, folder["run"]));
        Assert.Matches(@"^step \d+ at learning rate 1e\+30: .*Lower optimizer\.learningRate, set maxGradientNorm", error.Message);
    }

    [Fact]
    public void Other_text_than_the_run_began_with_is_refused()
    {
        using var folder = new TemporaryFolder();
        var config = SmallRun.Config(folder);
        Assert.Null(SmallRun.Continue(config, folder["run"], 5));
        // Of the same length.
        File.WriteAllText(folder["text.txt"], SmallRun.Text.Replace("sheep", "goats", StringComparison.Ordinal), new System.Text.UTF8Encoding(false));
        var error = Assert.Throws<RunFolderException>(() => SmallRun.Continue(config, folder["run"], null));
        Assert.Contains($"data {folder["text.txt"]}: contents of SHA-256", error.Message, StringComparison.Ordinal);
        Assert.Contains("--amend", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("result.json", "Delete it and resume: the last evaluation is done again")]
    [InlineData("metrics.jsonl", "Put the file back from a copy, or start the run over with --force")]
    public void A_digit_changed_in_a_finished_run_is_found_and_the_file_named(string file, string remedy)
    {
        using var folder = new TemporaryFolder();
        var config = SmallRun.Config(folder);
        _ = SmallRun.Run(config, folder["run"]);
        string path = folder[$"run/{file}"], text = File.ReadAllText(path);
        int digit = text.IndexOf("23", StringComparison.Ordinal);
        File.WriteAllText(path, $"{text[..digit]}24{text[(digit + 2)..]}");
        var error = Assert.Throws<DamagedFileException>(() => SmallRun.Continue(config, folder["run"], null));
        Assert.StartsWith($"{path}: ", error.Message, StringComparison.Ordinal);
        Assert.EndsWith(remedy, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_shorter_than_the_context_and_batches_larger_than_the_data_are_refused()
    {
        using var folder = new TemporaryFolder();
        var config = SmallRun.Config(folder, """{"model": {"name": "transformer", "contextLength": 4000}}""");
        Assert.StartsWith("model.contextLength: ", Assert.Throws<ConfigException>(() => SmallRun.Run(config, folder["a"])).Message, StringComparison.Ordinal);
        var batch = SmallRun.Config(folder, """{"batchSize": 1000000}""");
        Assert.StartsWith(
            "batchSize: expected at most the ", Assert.Throws<ConfigException>(() => SmallRun.Run(batch, folder["b"])).Message, StringComparison.Ordinal);
        var missing = SmallRun.Config(folder, """{"data": {"name": "text", "path": "none.txt"}}""");
        Assert.Contains("none.txt", Assert.Throws<ConfigException>(() => SmallRun.Run(missing, folder["c"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_holds_a_run_is_refused_or_started_over_as_told()
    {
        using var folder = new TemporaryFolder();
        var config = SmallRun.Config(folder);
        _ = SmallRun.Run(config, folder["run"]);
        Assert.Contains(
            "already holds this run", Assert.Throws<RunFolderException>(() => SmallRun.Open(config, folder["run"])).Message, StringComparison.Ordinal);
        File.WriteAllText(folder["run/notes.txt"], "mine");
        using (var run = SmallRun.Open(config, folder["run"], RunFolderMode.Force))
        {
            // The old run stands until the new one begins.
            Assert.NotNull(new TrainingFolder(new RunPart(folder["run"])).ReadResult());
            run.Begin(new Dictionary<string, string>());
            Assert.Null(new TrainingFolder(new RunPart(folder["run"])).ReadResult());
        }
        Assert.False(Directory.Exists(folder["run/checkpoints"]));
        Assert.Equal("mine", File.ReadAllText(folder["run/notes.txt"]));
        Assert.Equal(["run", "text.txt"], Directory.EnumerateFileSystemEntries(folder.FullPath).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_a_process_leaves_that_was_killed_while_it_began_is_no_obstacle()
    {
        using var folder = new TemporaryFolder();
        var config = SmallRun.Config(folder);
        _ = Directory.CreateDirectory(folder["begun"]);
        File.WriteAllText(folder["begun/.config.json.1.1.kappa-tmp"], "{");
        Assert.NotNull(SmallRun.Continue(config, folder["begun"], null));
    }

    [SkippableFact]
    public void Pictures_are_learnt_by_a_perceptron_and_judged_by_accuracy()
    {
        Requires.Data(DataCatalog.HandwrittenDigits);
        using var folder = new TemporaryFolder();
        var config = TrainingConfig.Parse(
            """
            { "name": "digits", "data": { "name": "handwritten-digits" }, "model": { "name": "mlp", "hidden": [32] },
              "optimizer": { "name": "adamw", "learningRate": 0.01 },
              "steps": 150, "batchSize": 64, "evaluateEvery": 75, "validationExamples": 500 }
            """, folder.FullPath, KappaCatalog.Choices);
        var run = SmallRun.Run(config, folder["run"]);
        Assert.True(run.ReadResult()!.Metric > 0.85, $"{run.ReadResult()!.Metric}");
        Assert.All(run.ReadMetrics(), line => Assert.NotNull(line.Accuracy));
    }

    [SkippableTheory]
    [InlineData("""{ "name": "conv", "channels": [4, 8], "batchNorm": true }""")]
    [InlineData("""{ "name": "resnet18", "width": 2 }""")]
    public void Convolutional_networks_train_and_resume_to_the_same_bits(string model)
    {
        Requires.Data(DataCatalog.HandwrittenDigits);
        using var folder = new TemporaryFolder();
        var config = TrainingConfig.Parse(
            $$"""
            { "name": "digits", "data": { "name": "handwritten-digits" }, "model": {{model}}, "optimizer": { "name": "adamw", "learningRate": 0.01 },
              "steps": 6, "batchSize": 8, "evaluateEvery": 2, "validationExamples": 20 }
            """, folder.FullPath, KappaCatalog.Choices);
        string whole = SmallRun.Fingerprint(SmallRun.Run(config, folder["whole"]));
        string parts = folder["parts"];
        Assert.Null(SmallRun.Continue(config, parts, 2));
        Assert.NotNull(SmallRun.Continue(config, parts, null));
        Assert.Equal(whole, SmallRun.Fingerprint(new TrainingFolder(new RunPart(parts))));
    }

    /// <summary>A clock that goes on by a fifth of a second whenever it is asked.</summary>
    private sealed class TickingClock : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => 10;

        public override long GetTimestamp() => _now += 2;
    }
}
