using System.Text.Json.Nodes;

namespace Kappa.Lab.Tests.Experiments.TestTimeFeedback;

public sealed class TestTimeFeedbackTests
{
    private static readonly Experiment Study = SmallStudy.Study;

    [Fact]
    public void A_small_study_runs_from_tuning_to_its_tables_and_does_not_depend_on_jobs()
    {
        var settings = SmallStudy.Settings();
        var plan = Study.Plan(settings, KappaCatalog.Choices);
        string[] all = [.. new[] { 1, 2 }.Select(jobs =>
        {
            using var temporary = new TemporaryFolder();
            var results = ExperimentRuns.Run(Study, temporary["run"], jobs, settings);
            Assert.Equal(results.Total, results.Finished.Count);
            var findings = plan.Conclude(results);
            Assert.Contains("DoPr-AdamW beside AdamW", findings.Headline, StringComparison.Ordinal);
            Assert.Equal(["AdamW", "DoPr-AdamW", "AdamW, whitened inputs", "AdamW, 2 times the steps"], SmallStudy.Column(findings, 0, 0));
            Assert.Equal(["DoPr-AdamW", "AdamW, whitened inputs", "AdamW, 2 times the steps"], SmallStudy.Column(findings, 1, 0));
            Assert.Equal(HeldOutPredictors.All.Select(predictor => predictor.Title), SmallStudy.Column(findings, 2, 0));
            Assert.All(findings.Sections.SelectMany(section => section.Plots).SelectMany(plot => plot.Lines), line => Assert.Equal(line.X.Count, line.Y.Count));
            return SmallStudy.Fingerprint(results);
        })];
        Assert.Equal(all[0], all[1]);
    }

    [Fact]
    public void A_study_that_was_stopped_goes_on_to_the_same_bits()
    {
        using var temporary = new TemporaryFolder();
        var settings = SmallStudy.Settings();
        string whole = SmallStudy.Fingerprint(ExperimentRuns.Run(Study, temporary["whole"], 1, settings));
        var mode = RunFolderMode.Fresh;
        // Once in the tuning, once among the reported runs.
        foreach (bool isTuning in new[] { true, false })
        {
            using var stop = new CancellationTokenSource();
            var progress = new DirectProgress<ExperimentProgress>(at =>
            {
                if (at.Share > 0 && (at.Key is null) == isTuning && at.Key != "task" && at.Key?.EndsWith("tuning", StringComparison.Ordinal) != true)
                    stop.Cancel();
            });
            var part = ExperimentRuns.Run(Study, temporary["cut"], 1, settings, mode, progress, stop.Token);
            Assert.True(part.Finished.Count < part.Total, $"{part.Finished.Count} of {part.Total}");
            mode = RunFolderMode.Resume;
        }
        Assert.Equal(whole, SmallStudy.Fingerprint(ExperimentRuns.Run(Study, temporary["cut"], 2, settings, mode)));
    }

    [Fact]
    public void A_best_rate_at_the_edge_adds_further_ones_up_to_the_limit()
    {
        var settings = SmallStudy.Settings();
        (settings["learningRates"], settings["extensions"]) = (new JsonArray(1e-5, 3e-5), 3);
        using var temporary = new TemporaryFolder();
        var results = ExperimentRuns.Run(Study, temporary["run"], 2, settings);
        Assert.True(results.TryGet("adamw/tuning", out var tuning));
        Assert.Equal(
            [1e-5, 3e-5, 9e-5, 2.7e-4, 8.1e-4], tuning.Value["runs"]!.AsArray().Select(run => FeedbackRun.Read(run!).Candidate.LearningRate).Distinct());
        Assert.Contains("(edge)", SmallStudy.Column(Study.Plan(settings, KappaCatalog.Choices).Conclude(results), 0, 1)[0], StringComparison.Ordinal);
    }

    [Fact]
    public void The_deployed_metric_chooses_and_one_that_diverged_is_never_the_best()
    {
        static FeedbackRun Run(double rate, double? loss, double? metric) =>
            new(new Candidate(rate, null), 0, loss, metric, 1, new Dictionary<string, double>(), []);
        FeedbackRun[] runs = [Run(1, 0.5, 3), Run(1, 0.5, 5), Run(2, 0.1, 6), Run(2, 0.1, 6), Run(3, 0, 0), Run(3, null, null), Run(4, 0.4, 4), Run(4, 0.4, 4)];
        // 1 and 4 have the same mean metric; the validation loss decides.
        Assert.Equal(4, FeedbackTuning.Best(runs, higherIsBetter: false, byLoss: false).LearningRate);
        Assert.Equal(2, FeedbackTuning.Best(runs, higherIsBetter: true, byLoss: false).LearningRate);
        Assert.Equal(2, FeedbackTuning.Best(runs, higherIsBetter: false, byLoss: true).LearningRate);
        Assert.True(FeedbackTuning.IsAtEdge(runs, new Candidate(4, null)) && !FeedbackTuning.IsAtEdge(runs, new Candidate(2, null)));
    }

    [Fact]
    public void Weight_decays_are_candidates_with_every_rate()
    {
        var settings = SmallStudy.Settings();
        settings["weightDecays"] = new JsonArray(0, 0.5);
        var read = (FeedbackSettings)Study.Read(settings, KappaCatalog.Choices);
        var method = read.Methods[1];
        Assert.Equal(
            ["lr0.01-wd0", "lr0.1-wd0", "lr0.01-wd0.5", "lr0.1-wd0.5"], method.Candidates(read).Select(candidate => candidate.Key));
        var optimizer = method.With(method.Candidates(read)[3]);
        Assert.Equal(0.5, ((AdamWOptions)optimizer.Base.Settings).WeightDecay);
        Assert.NotNull(optimizer.ActivationPreconditioning);
    }

    [Fact]
    public void What_is_undefined_for_a_task_is_missing_with_its_reason_and_what_is_not_finite_is_left_out()
    {
        FeedbackRun Run(double metric, double? condition)
        {
            var predictors = new Dictionary<string, double> { [HeldOutPredictors.ValidationLoss.Name] = metric };
            if (condition is { } value)
                predictors["featureCondition"] = value;
            return new FeedbackRun(new Candidate(0.1, null), 0, metric, metric, 1, predictors, []);
        }
        var settings = (FeedbackSettings)Study.Read(SmallStudy.Settings(), KappaCatalog.Choices);
        var facts = new TaskFacts("cost", false, "steps", new Dictionary<string, string>());
        FeedbackRun[] runs = [Run(1, 4), Run(2, 3), Run(3, 2), Run(4, null)];
        var results = new SettingResults(settings, facts, [new MethodResult(settings.Methods[0], [], runs, runs, AreSame: true)], Times: null);
        var ranks = RankAgreement.Of(results, new Bootstrap(new Philox(0)));
        Assert.Equal(1, ranks[0].All!.Estimate);
        Assert.StartsWith("missing: a few steps along", ranks.Single(rank => rank.Predictor.Name == "unrolledLoss").Note, StringComparison.Ordinal);
        var condition = ranks.Single(rank => rank.Predictor.Name == "featureCondition");
        Assert.Equal((-1, 3, 1), (condition.All!.Estimate, condition.Runs, condition.Missing));
        Assert.Equal("not finite in 1 runs, which are left out", condition.Note);
        Assert.Equal(-1, RankAgreement.Of(results with { Facts = facts with { HigherIsBetter = true } }, new Bootstrap(new Philox(0)))[0].All!.Estimate);
    }

    [Theory]
    [InlineData(new[] { 1.0, 1, 1, 1, 1 }, new[] { 2.0, 2, 2.1, 2, 2 }, "told: better")]
    [InlineData(new[] { 2.0, 2, 2, 2, 2 }, new[] { 1.0, 1, 1.1, 1, 1 }, "told: worse")]
    [InlineData(new[] { 1.0, 1, 1, 1, 1 }, new[] { 1.01, 1.01, 1.02, 1.01, 1.01 }, "told: better, by less than 5%")]
    [InlineData(new[] { 1.0, 1, 1, 1, 1 }, new[] { 1.01, 0.99, 1.02, 1, 1 }, "excluded within 5%")]
    [InlineData(new[] { 1.0, 1, 1, 1, 1 }, new[] { 1.5, 0.6, 1.2, 1, 1 }, "open; about 500 seeds expected to settle it")]
    [InlineData(new[] { 1.0, 1, 1, 1, 1 }, new[] { 1.5, 0.9, 1.3, 1.2, 1.4 }, "open; about 9 seeds expected to settle it")]
    [InlineData(new[] { 1.0, 1, 1, 1, 1 }, new[] { 0.5, 1.1, 0.7, 0.8, 0.6 }, "open; about 9 seeds expected to settle it")]
    [InlineData(new[] { 0.01, 0.01, 0.01, 0.01, 0.01 }, new[] { 0.51, -0.39, 0.21, 0.01, 0.01 }, "open; more than 10,000 seeds expected to settle it")]
    [InlineData(new[] { 0.0, 0, 0, 0, 0 }, new[] { 1.0, -1, 0, 0, 0 }, "open")]
    [InlineData(new[] { 0.0, 0, 0, 0, 0 }, new[] { 0.0, 0, 0, 0, 0 }, "excluded within 5%")]
    [InlineData(new[] { 1.0, 1, 1, 1, 1 }, new[] { 2.0, 2, double.NaN, 2, 2 }, "told: better (1 seeds diverged)")]
    [InlineData(new[] { 1.0 }, new[] { double.NaN }, "open: no seed at which both stayed finite")]
    public void A_verdict_says_what_the_interval_says(double[] reference, double[] method, string verdict)
    {
        FeedbackRun[] Runs(double[] metrics) => [.. metrics.Select((metric, seed) =>
        {
            double? value = double.IsNaN(metric) ? null : metric;
            return new FeedbackRun(new Candidate(0.1, null), seed, value, value, 1, new Dictionary<string, double>(), []);
        })];
        var settings = (FeedbackSettings)Study.Read(SmallStudy.Settings(), KappaCatalog.Choices);
        MethodResult Of(int index, double[] metrics) => new(settings.Methods[index], [], Runs(metrics), Runs(metrics), AreSame: true);
        var results = new SettingResults(
            settings, new TaskFacts("success", true, "s", new Dictionary<string, string>()), [Of(0, reference), Of(1, method)], Times: null);
        string Verdict(bool higherIsBetter) =>
            Assert.Single(PairedDifference.Of(results, run => run.Metric, higherIsBetter, new Bootstrap(new Philox(0)))).Verdict;
        Assert.Equal(verdict, Verdict(higherIsBetter: true));
        string opposite = verdict.Contains("better", StringComparison.Ordinal) ? verdict.Replace("better", "worse", StringComparison.Ordinal)
            : verdict.Replace("worse", "better", StringComparison.Ordinal);
        Assert.Equal(opposite, Verdict(higherIsBetter: false));
    }

    /// <summary>What a measured task leaves to its base class is what it measures with; everything else must be what the task itself says.</summary>
    [Fact]
    public void A_task_that_is_measured_says_all_that_the_task_says()
    {
        string[] ownOnly =
        [
            nameof(PreparedTask.HeldOutLoss), nameof(PreparedTask.HeldOutInputs), nameof(PreparedTask.PerturbedLoss), nameof(PreparedTask.UnrolledLoss),
        ];
        var left = typeof(MeasuredTask).GetMethods()
            .Where(method => method.IsVirtual && method.DeclaringType == typeof(PreparedTask))
            .Select(method => method.Name.Replace("get_", "", StringComparison.Ordinal));
        Assert.Equal(ownOnly.Order(), left.Order());
    }

    [Fact]
    public void Five_percent_of_a_share_are_five_points_however_small_it_is()
    {
        FeedbackRun[] Runs(params double[] metrics) =>
            [.. metrics.Select((metric, seed) => new FeedbackRun(new Candidate(0.1, null), seed, metric, metric, 1, new Dictionary<string, double>(), []))];
        var settings = (FeedbackSettings)Study.Read(SmallStudy.Settings(), KappaCatalog.Choices);
        MethodResult Of(int index, FeedbackRun[] runs) => new(settings.Methods[index], [], runs, runs, AreSame: true);
        string Verdict(bool isShare, params double[] metrics) => Assert.Single(PairedDifference.OfMetric(
            new SettingResults(
                settings, new TaskFacts("success", true, "s", new Dictionary<string, string>(), isShare), [Of(0, Runs(0, 0, 0, 0, 0)), Of(1, Runs(metrics))],
                Times: null),
            new Bootstrap(new Philox(0)))).Verdict;
        Assert.Equal("excluded within 5%", Verdict(isShare: true, 0, 0, 0, 0, 0.05));
        Assert.Equal("told: better, by less than 5%", Verdict(isShare: true, 0.01, 0.02, 0.01, 0.03, 0.05));
        Assert.StartsWith("open", Verdict(isShare: true, 0, 0, 0.1, 0, 0.1), StringComparison.Ordinal);
        Assert.Equal("open", Verdict(isShare: false, 0, 0, 0, 0, 0.05));
    }

    [Theory]
    [InlineData("optimizers", """[{ "name": "dopr-adamw" }]""", "optimizers[0].name: expected adamw, which runs with and without activation preconditioning")]
    [InlineData("optimizers", """[{ "name": "adamw" }, { "name": "adamw" }]""", "optimizers: expected different ones; got AdamW twice")]
    [InlineData("controls", """["whiten"]""", "controls[0]: ")]
    [InlineData("seeds", "1", "seeds: expected an integer")]
    [InlineData("learningRates", "[-1]", "learningRates[0]: ")]
    [InlineData("longerBy", "1", "longerBy: expected a number above 1 and at most 1000, or \"measured\"; got 1")]
    [InlineData("ablations", """{ "gamma": [-1] }""", "ablations.gamma[0]: ")]
    [InlineData("ablations", """{ "gamma": [0.1, 0.1] }""", "ablations.gamma: ")]
    [InlineData("ablations", """{ "refreshInterval": [0] }""", "ablations.refreshInterval[0]: ")]
    [InlineData("ablations", """{ "movingAverage": [1] }""", "ablations.movingAverage[0]: ")]
    [InlineData("ablations", """{ "floor": [1] }""", "ablations.floor: ")]
    [InlineData("schedule", """{ "warmup": 20 }""", "schedule.warmup: expected fewer than the 20 steps of training; got 20")]
    [InlineData("activationPreconditioning", """{ "layers": "first" }""", "activationPreconditioning: expected all layers")]
    public void A_wrong_setting_is_named(string setting, string value, string message)
    {
        var settings = SmallStudy.Settings();
        settings[setting] = JsonNode.Parse(value);
        Assert.StartsWith(
            $"dopr/linear-control: {message}", Assert.Throws<ConfigException>(() => Study.Plan(settings, KappaCatalog.Choices)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Every_setting_of_every_study_reads_back_as_it_is()
    {
        foreach (var study in KappaCatalog.Choices.Of<Experiment>().Where(experiment => experiment.Paper == "dopr"))
        {
            foreach (var scale in Enum.GetValues<ExperimentScale>())
            {
                var settings = study.Settings(scale);
                Assert.Equal(settings.ToJsonString(), study.Resolved(settings, "/", KappaCatalog.Choices).ToJsonString());
                _ = study.Read(settings, KappaCatalog.Choices);
            }
        }
    }

    [Fact]
    public void Flow_matching_is_a_setting_whose_curve_counts_integration_steps()
    {
        var study = KappaCatalog.Choices.Find<Experiment>("dopr/flow");
        var settings = study.Settings(ExperimentScale.Short);
        foreach (var (field, value) in new (string, JsonNode)[]
        {
            ("task", JsonNode.Parse(
                """{ "name": "flow", "data": "checkerboard", "examples": 200, "samples": 100, "steps": [1, 4], "integrators": ["euler"] }""")!),
            ("model", JsonNode.Parse("""{ "hidden": [8], "activation": "silu" }""")!), ("optimizers", JsonNode.Parse("""[{ "name": "adamw" }]""")!),
            ("learningRates", new JsonArray(0.01)), ("extensions", 0), ("controls", new JsonArray("whitened")), ("ablations", new JsonObject()),
            ("schedule", JsonNode.Parse("""{ "warmup": 0 }""")!), ("steps", 20), ("batchSize", 16), ("tuningSeeds", 1), ("seeds", 3),
        })
            settings[field] = value;
        using var temporary = new TemporaryFolder();
        var findings = study.Plan(settings, KappaCatalog.Choices).Conclude(ExperimentRuns.Run(study, temporary["run"], 2, settings));
        var curve = findings.Sections[0].Plots[0];
        Assert.Equal(("integration steps", "total variation, Euler"), (curve.XAxis, curve.YAxis));
        Assert.Equal([1.0, 4], curve.Lines[0].X);
        // All measures but that which is the rollout itself.
        Assert.Equal(["12", "12", "12", "12", "0", "12"], SmallStudy.Column(findings, 2, 2));
    }

    [Fact]
    public void An_estimate_counts_the_trainings()
    {
        using var temporary = new TemporaryFolder();
        var settings = SmallStudy.Settings();
        using var run = RunFolder.Open(new RunRequest(ExperimentFolder.Kind, "x", ExperimentFolder.ConfigOf(Study, settings)) { Path = temporary["run"] });
        string? said = new ExperimentRunner(Study.Plan(settings, KappaCatalog.Choices)).Estimate(run, 2, CancellationToken.None);
        // 4 methods x 2 rates x 1 tuning seed, and 4 x 3 reported; up to one rate more each, and both choices.
        Assert.StartsWith("20 to 36 trainings, about ", said, StringComparison.Ordinal);
        Assert.DoesNotContain(
            Directory.EnumerateFileSystemEntries(run.FolderPath), entry => Path.GetFileName(entry).Contains("estimate", StringComparison.Ordinal));
    }

    [Fact]
    public void What_an_estimate_has_written_when_the_process_ends_is_no_obstacle_to_the_same_command()
    {
        using var temporary = new TemporaryFolder();
        var settings = SmallStudy.Settings();
        var request = new RunRequest(ExperimentFolder.Kind, "x", ExperimentFolder.ConfigOf(Study, settings)) { Path = temporary["run"] };
        using var run = RunFolder.Open(request);
        var plan = Study.Plan(settings, KappaCatalog.Choices) with
        {
            Estimate = context =>
            {
                context.Work.WriteText("half.txt", "half");
                // The folder as the end of the process leaves it, without the lock.
                foreach (string file in Directory.GetFiles(temporary["run"], "half.txt", SearchOption.AllDirectories))
                {
                    string copy = Path.Combine(temporary["left"], Path.GetRelativePath(temporary["run"], file));
                    _ = Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                    File.Copy(file, copy);
                }
                return null;
            },
        };
        _ = new ExperimentRunner(plan).Estimate(run, 2, CancellationToken.None);
        Assert.NotEmpty(Directory.GetFileSystemEntries(temporary["left"]));
        using var again = RunFolder.Open(request with { Path = temporary["left"] });
        Assert.Empty(Directory.EnumerateFiles(again.FolderPath, "half.txt", SearchOption.AllDirectories));
    }
}
