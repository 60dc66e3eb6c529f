using System.Text.Json;
using System.Text.Json.Nodes;

namespace Kappa.Lab.Tests.Experiments.Isometry;

public sealed class ContinualExperimentTests
{
    public static TheoryData<string> Names => ["random-labels", "permuted-inputs", "label-shuffles", "class-incremental"];

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void A_small_benchmark_runs_from_tuning_to_its_tables_and_does_not_depend_on_jobs(string name)
    {
        Requires.Data(DataCatalog.FashionMnist);
        var experiment = KappaCatalog.Choices.Find<Experiment>($"isometry/{name}");
        var settings = experiment.Settings(ExperimentScale.Short);
        foreach (var (field, value) in new (string, JsonNode)[]
        {
            ("tasks", 4), ("tuningTasks", 2), ("examples", 40), ("epochs", 1), ("batchSize", 20), ("width", 8), ("window", 2), ("seeds", 2),
            ("learningRates", new JsonArray(0.001, 0.01)), ("methods", new JsonArray("adamw", "adamo"))
        })
            settings[field] = value;
        var plan = experiment.Plan(settings, KappaCatalog.Choices);
        // One job and two for one of them; two for the others, which share the machinery.
        string[] all = [.. (name == "random-labels" ? [1, 2] : new[] { 2 }).Select(jobs =>
        {
            using var temporary = new TemporaryFolder();
            var results = ExperimentRuns.Run(experiment, temporary["run"], jobs, settings);
            Assert.Equal(4, results.Finished.Count);
            var findings = plan.Conclude(results);
            Assert.Contains("AdamO", findings.Headline, StringComparison.Ordinal);
            Assert.Equal(["adamw/seed=0", "adamw/seed=1", "adamo/seed=0", "adamo/seed=1"], results.Finished.Select(result => result.Key));
            Assert.Equal(2 * 2 * 3, findings.Sections[2].Table!.Rows.Count);
            Assert.Equal(2, findings.Sections[2].Table!.Rows.Count(row => row[^1].Text.Length > 0));
            Assert.All(findings.Sections.SelectMany(section => section.Plots).SelectMany(plot => plot.Lines), line => Assert.Equal(line.X.Count, line.Y.Count));
            return string.Join("\n", results.Finished.Select(result => result.Value.ToJsonString()));
        })];
        _ = Assert.Single(all.Distinct());
    }

    [Fact]
    public void A_method_is_a_name_an_optimizer_with_a_remedy_or_an_object_and_runs_and_resumes_to_the_same_bits()
    {
        const string Mixed = """
            ["adamo", "muon", "dopr-adamw + redo",
             {"name": "muono", "strength": 0.01, "activationPreconditioning": true, "remedy": {"name": "l2-init", "strength": 0.001}, "label": "mine"}]
            """;
        var written = new JsonObject { ["methods"] = JsonNode.Parse(Mixed), ["width"] = 8 };
        var settings = SettingsOf<ContinualSettings>.Read(JsonSerializer.SerializeToElement(written), "", KappaCatalog.Choices);
        Assert.Equal(["adamo", "muon", "dopr-adamw + redo", "mine"], settings.Methods.Select(method => method.Name));
        Assert.Equal(["AdamO", "Muon", "DoPr-AdamW + ReDo", "mine"], settings.Methods.Select(method => method.Title));
        Assert.Same(ContinualMethods.Find("adamo"), settings.Methods[0]);
        string text = SettingsOf<ContinualSettings>.Write(settings).ToJsonString();
        Assert.Equal(
            text, SettingsOf<ContinualSettings>.Write(SettingsOf<ContinualSettings>.Read(JsonElement.Parse(text), "", KappaCatalog.Choices)).ToJsonString());
        foreach (var method in settings.Methods.Skip(1))
        {
            using var temporary = new TemporaryFolder();
            var trial = Small.Trial("adamw") with { Method = method, Strength = 0, LearningRate = 1e-3 };
            string whole = Small.Run(trial, temporary["whole"]).ToJson().ToJsonString();
            using var stop = new CancellationTokenSource();
            _ = Assert.ThrowsAny<OperationCanceledException>(() => Small.Run(trial, temporary["cut"], stop.Token, share =>
            {
                if (share > 0.8)
                    stop.Cancel();
            }));
            Assert.Equal(whole, Small.Run(trial, temporary["cut"]).ToJson().ToJsonString());
        }
    }

    [Theory]
    [InlineData("""["adamq"]""", "methods[0]: unknown method \"adamq\"; did you mean \"adamw\"? Valid: adamw, adamo, ")]
    [InlineData("""["muon + redoo"]""", "methods[0]: unknown remedy \"redoo\"; did you mean \"redo\"?")]
    [InlineData("""["muon + redo + l2"]""", "methods[0]: expected an optimizer, or an optimizer + a remedy; got \"muon + redo + l2\"")]
    [InlineData("""[{"name": "muon", "momentum": 1}]""", "methods[0].momentum: expected a number of 0 or more and below 1; got 1")]
    [InlineData(
        """[{"name": "muon"}, {"name": "muon", "momentum": 0}]""",
        "methods: expected different ones, each with a \"label\" of its own where names are equal; got \"Muon\" and \"Muon\"")]
    [InlineData("[3]", "methods[0]: expected a method, such as \"adamo\", \"dopr-adamw + redo\" or { \"name\": \"muon\", \"momentum\": 0.9 }; got 3")]
    public void A_method_that_there_is_not_is_named(string methods, string message)
    {
        var json = new JsonObject { ["methods"] = JsonNode.Parse(methods) };
        var error = Assert.Throws<ConfigException>(() => SettingsOf<ContinualSettings>.Read(JsonSerializer.SerializeToElement(json), "", KappaCatalog.Choices));
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tuning_seeds_are_not_reported_and_every_method_has_as_many_candidates()
    {
        var settings = Small.Settings with { Methods = ContinualMethods.All, TuningSeeds = 2, LearningRates = [1e-4, 1e-3] };
        var trials = ContinualTuning.Trials(TaskKind.RandomLabels, settings);
        Assert.All(trials, trial => Assert.True(trial.Seed >= settings.Seeds));
        Assert.All(trials.GroupBy(trial => trial.Method.Name), group => Assert.Equal(2 * 3 * 2, group.Count()));
    }
}
