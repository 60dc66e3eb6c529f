using System.Text.Json.Nodes;

namespace Kappa.Lab.Tests.Experiments.TestTimeFeedback;

public sealed class AllSettingsTests
{
    private const string Tiny = """
        { "task": { "name": "linear-control", "states": 3, "actions": 2, "examples": 64, "validationExamples": 32, "horizon": 10 },
          "optimizers": [{ "name": "adamw" }], "learningRates": [0.01, 0.1], "extensions": 0, "steps": 20, "batchSize": 16, "tuningSeeds": 1, "seeds": 3 }
        """;

    [Fact]
    public void Studies_run_in_one_folder_and_stand_in_one_table()
    {
        var all = Make();
        using var temporary = new TemporaryFolder();
        var settings = all.Settings(ExperimentScale.Short);
        var results = ExperimentRuns.Run(all, temporary["run"], 2, settings);
        Assert.Equal(results.Total, results.Finished.Count);
        var findings = all.Plan(settings, KappaCatalog.Choices).Conclude(results);
        Assert.Equal(["one", "other"], findings.Sections[0].Table!.Rows.Select(row => row[0].Text));
        Assert.Equal(["measure", "one", "other", "mean"], findings.Sections[1].Table!.Columns);
        Assert.StartsWith("Of 2 pairs of an optimizer and a setting", findings.Headline, StringComparison.Ordinal);
        Assert.Equal("one: what the deployed models do", findings.Sections[2].Title);
        // Nothing of a study depends on the others.
        settings["studies"] = new JsonArray("other");
        var alone = ExperimentRuns.Run(all, temporary["alone"], 1, settings);
        Assert.True(alone.TryGet("other/adamw/seed=0", out var own) && results.TryGet("other/adamw/seed=0", out var together)
            && own.Value["byMetric"]!["metric"]!.ToJsonString() == together.Value["byMetric"]!["metric"]!.ToJsonString());
    }

    [Fact]
    public void A_study_that_there_is_not_is_named()
    {
        var all = Make();
        var settings = all.Settings(ExperimentScale.Short);
        settings["studies"] = new JsonArray("third");
        Assert.Equal(
            "dopr/all: studies: expected some of one, other; got third",
            Assert.Throws<ConfigException>(() => all.Plan(settings, KappaCatalog.Choices)).Message);
    }

    private static AllSettingsExperiment Make()
    {
        TestTimeFeedbackExperiment Of(string name, int seed)
        {
            var json = JsonNode.Parse(Tiny)!;
            json["task"]!["systemSeed"] = seed;
            var settings = SettingsOf<FeedbackSettings>.Read(
                System.Text.Json.JsonElement.Parse(json.ToJsonString()), "", KappaCatalog.Choices);
            return new TestTimeFeedbackExperiment(name, "A study for tests.", settings, settings);
        }
        return new AllSettingsExperiment([Of("one", 0), Of("other", 1)]);
    }
}
