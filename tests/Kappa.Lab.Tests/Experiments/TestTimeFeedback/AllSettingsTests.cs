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
        Assert.Equal(["measure", "one", "other", "mean", "pooled within settings"], findings.Sections[1].Table!.Columns);
        Assert.StartsWith("Of 2 pairs of an optimizer and a setting", findings.Headline, StringComparison.Ordinal);
        Assert.Equal("one: what the deployed models do", findings.Sections[2].Title);
        Assert.All(findings.Sections[1].Table!.Rows[0].Skip(1), cell => Assert.NotNull(cell.Interval));
        // Nothing of a study depends on the others.
        settings["studies"] = new JsonArray("other");
        var alone = ExperimentRuns.Run(all, temporary["alone"], 1, settings);
        Assert.True(alone.TryGet("other/adamw/seed=0", out var own) && results.TryGet("other/adamw/seed=0", out var together)
            && own.Value["byMetric"]!["metric"]!.ToJsonString() == together.Value["byMetric"]!["metric"]!.ToJsonString());
    }

    [Fact]
    public void A_finished_run_of_a_study_stands_for_it_with_the_settings_that_it_had()
    {
        var all = Make();
        using var temporary = new TemporaryFolder();
        var (study, own) = (all.StudyOf("other"), all.StudyOf("other").Settings(ExperimentScale.Short));
        own["seeds"] = 4;
        var alone = ExperimentRuns.Run(study, temporary["single"], 2, own);
        var settings = all.Settings(ExperimentScale.Short);
        settings["from"] = new JsonArray("single");
        settings = all.Resolved(settings, temporary.FullPath, KappaCatalog.Choices);
        Assert.Equal(temporary["single"], settings["from"]![0]!.GetValue<string>());
        var results = ExperimentRuns.Run(all, temporary["run"], 2, settings);
        Assert.Equal(results.Total, results.Finished.Count);
        Assert.False(Directory.Exists(Path.Combine(temporary["run"], "prepared", "other")));
        Assert.All(alone.Finished, cell => Assert.True(
            results.TryGet($"other/{cell.Key}", out var taken) && JsonNode.DeepEquals(taken.Value, cell.Value), cell.Key));
        Assert.Equal(["one", "other"], all.Plan(settings, KappaCatalog.Choices).Conclude(results).Sections[0].Table!.Rows.Select(row => row[0].Text));
    }

    [Fact]
    public void A_folder_that_is_no_finished_run_of_a_study_is_refused()
    {
        var all = Make();
        using var temporary = new TemporaryFolder();
        var own = all.StudyOf("other").Settings(ExperimentScale.Short);
        _ = ExperimentRuns.Run(all.StudyOf("other"), temporary["single"], 2, own);
        string Refused(string[] studies, params string[] folders)
        {
            var settings = all.Settings(ExperimentScale.Short);
            (settings["studies"], settings["from"]) = (new JsonArray([.. studies]), new JsonArray([.. folders]));
            return Assert.Throws<ConfigException>(() => all.Plan(settings, KappaCatalog.Choices)).Message;
        }
        string single = temporary["single"];
        Assert.StartsWith($"dopr/all: from[0]: {temporary["none"]}: ", Refused(["other"], temporary["none"]), StringComparison.Ordinal);
        Assert.Equal($"dopr/all: from[0]: {single}: expected a run of one of dopr/one; got dopr/other", Refused(["one"], single));
        Assert.Equal(
            $"dopr/all: from[1]: {single}/.: expected one run of each study; got two of other", Refused(["one", "other"], single, $"{single}/."));
        File.Delete(Directory.GetFiles(Path.Combine(single, "cells"))[0]);
        Assert.Contains("expected a finished run; 1 of 9 pieces of work are missing. Run kappa reproduce --resume", Refused(["other"], single),
            StringComparison.Ordinal);
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
            return new TestTimeFeedbackExperiment(name, "A study for tests.", () => settings, () => settings);
        }
        return new AllSettingsExperiment([Of("one", 0), Of("other", 1)], KappaCatalog.Choices);
    }
}
