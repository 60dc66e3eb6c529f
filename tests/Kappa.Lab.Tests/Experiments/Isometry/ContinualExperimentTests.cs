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
        foreach (var (field, value) in new (string, JsonNode)[] { ("tasks", 4), ("tuningTasks", 2), ("examples", 40), ("epochs", 1), ("batchSize", 20), ("width", 8), ("window", 2), ("seeds", 2), ("learningRates", new JsonArray(0.001, 0.01)), ("methods", new JsonArray("adamw", "adamo")) })
            settings[field] = value;
        var plan = experiment.Plan(settings, KappaCatalog.Choices);
        string[] both = [.. new[] { 1, 2 }.Select(jobs =>
        {
            using var temporary = new TemporaryFolder();
            var results = new ExperimentRunner(plan, ReproductionFolder.Create(experiment, settings, temporary["run"], force: false)).Run(jobs, null, default);
            Assert.Equal(4, results.Finished.Count);
            var findings = plan.Conclude(results);
            Assert.Contains("AdamO", findings.Headline, StringComparison.Ordinal);
            Assert.Equal(["adamw/seed=0", "adamw/seed=1", "adamo/seed=0", "adamo/seed=1"], results.Finished.Select(result => result.Key));
            Assert.Equal(2 * 2 * 3, findings.Sections[2].Table!.Rows.Count);
            Assert.Equal(2, findings.Sections[2].Table!.Rows.Count(row => row[^1].Text.Length > 0));
            Assert.All(findings.Sections.SelectMany(section => section.Plots).SelectMany(plot => plot.Lines), line => Assert.Equal(line.X.Count, line.Y.Count));
            return string.Join("\n", results.Finished.Select(result => result.Value.ToJsonString()));
        })];
        Assert.Equal(both[0], both[1]);
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
