using System.Text.Json.Nodes;
using Kappa.Lab.Watching;

namespace Kappa.Lab.Tests.Watching;

/// <summary>Where runs stand, as their folders say, and what is shown of them.</summary>
public sealed class RunPagesTests
{
    private const string Compare = """
        { "name": "small", "task": { "name": "linear-control" }, "optimizers": [ { "name": "adamw" }, { "name": "muon" } ],
          "learningRates": [0.001, 0.01], "seeds": 3, "steps": 20 }
        """;

    [Fact]
    public void A_run_is_running_while_a_process_has_it_and_then_interrupted_or_finished()
    {
        using var runs = new WatchedRuns();
        using (var run = runs.Begin("first-1", "train", WatchedRuns.Training(900)))
        {
            Assert.Equal((RunState.Running, "0 of 900 steps"), StateOf(runs));
            runs.Append("first-1", WatchedRuns.Line(120, 3));
            Assert.Equal((RunState.Running, "120 of 900 steps"), StateOf(runs));
            Assert.Equal(120 / 900.0, Only(runs).Progress!.Share);
        }
        Assert.Equal((RunState.Interrupted, "120 of 900 steps"), StateOf(runs));
        Assert.Contains($"kappa train --resume {runs["first-1"]}", PageOf(runs, "/runs/first-1"), StringComparison.Ordinal);
        using (var run = Resume(runs, "first-1", WatchedRuns.Training(900)))
            WatchedRuns.Finish(run);
        Assert.Equal((RunState.Finished, "900 steps"), StateOf(runs));
        Assert.Contains("href=\"/runs/first-1/report.html\"", PageOf(runs, "/"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_finished_run_that_goes_on_with_a_change_is_not_finished()
    {
        using var runs = new WatchedRuns();
        using (var run = runs.Begin("first-1", "train", WatchedRuns.Training(900)))
            WatchedRuns.Finish(run);
        using (var run = Resume(runs, "first-1", WatchedRuns.Training(1200)))
            run.Begin(new Dictionary<string, string>(), step: 900);
        Assert.Equal((RunState.Interrupted, "0 of 1,200 steps"), StateOf(runs));
        string page = PageOf(runs, "/runs/first-1");
        Assert.Contains("The run was changed on its way, from step 900: steps: 900 when the run began, 1200 now.", page, StringComparison.Ordinal);
        Assert.Contains("Open the report from before", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "epochs": 5 }""", "step 40, of 5 epochs")]
    [InlineData("""{ "minutes": 4 }""", "0.7 of 4 minutes")]
    [InlineData("""{ "steps": 0 }""", "step 40")]
    [InlineData("""{ "steps": "many" }""", "step 40")]
    public void A_training_is_measured_by_what_ends_it(string config, string progress)
    {
        using var runs = new WatchedRuns();
        using var run = runs.Begin("first-1", "train", JsonNode.Parse(config)!.AsObject());
        runs.Append("first-1", WatchedRuns.Line(40, 1));
        Assert.Equal(progress, Only(runs).Progress!.Text);
    }

    [Fact]
    public void A_training_by_epochs_has_a_bar_once_its_metrics_say_how_many_steps_they_are()
    {
        using var runs = new WatchedRuns();
        using var run = runs.Begin("first-1", "train", new JsonObject { ["name"] = "first", ["epochs"] = 2.5 });
        Assert.Equal(new RunProgress("step 0, of 2.5 epochs", null, false), Only(runs).Progress);
        Assert.DoesNotContain("<progress", PageOf(runs, "/"), StringComparison.Ordinal);
        runs.Append("first-1", WatchedRuns.Line(40, 1).Replace("}", ",\"allSteps\":160}", StringComparison.Ordinal));
        Assert.Equal(new RunProgress("40 of 160 steps, 2.5 epochs", 0.25, false), Only(runs).Progress);
        Assert.Contains("<progress value=\"0.25\"", PageOf(runs, "/"), StringComparison.Ordinal);
    }

    [Fact]
    public void Trials_and_trainings_and_pieces_of_work_are_counted_out_of_all()
    {
        using var runs = new WatchedRuns();
        var comparison = ComparisonConfig.Parse(Compare, KappaCatalog.Choices);
        using (var run = runs.Begin("c", "compare", JsonNode.Parse(comparison.ToText())!.AsObject()))
        {
            run.WriteText("trials/adamw-lr0.001-seed0/result.json", "{}");
            run.WriteText("trials/adamw-lr0.001-seed1/metrics.jsonl", "");
        }
        Assert.Equal("1 of 12 trials", Seen(runs, "c").Progress!.Text);
        const string Sweep = """
            { "name": "s", "trials": 10, "method": "halving", "search": { "optimizer.learningRate": { "values": [0.1, 0.2] } },
              "train": { "name": "x", "data": { "name": "handwritten-digits" }, "model": { "name": "mlp" }, "optimizer": { "name": "adamw",
              "learningRate": 1 } } }
            """;
        using (var run = runs.Begin("s", "sweep", JsonNode.Parse(Sweep)!.AsObject()))
            run.WriteText("cells/rung_1__trial_0.json", "{}");
        // 10, then a third of them, rounded up, until one is left.
        Assert.Equal("1 of 17 trainings", Seen(runs, "s").Progress!.Text);
        var experiment = KappaCatalog.Choices.Find<Experiment>("pathcond/two-moons");
        var settings = experiment.Settings(ExperimentScale.Short);
        using (var run = runs.Begin("e", "reproduce", ExperimentFolder.ConfigOf(experiment, settings)))
            run.WriteText("cells/one.json", "{}");
        Assert.Equal($"1 of {experiment.Plan(settings, KappaCatalog.Choices).Cells.Count} pieces of work", Seen(runs, "e").Progress!.Text);
        Assert.Contains("<td>one</td>", PageOf(runs, "/runs/e"), StringComparison.Ordinal);
        using (var run = runs.Begin("unknown", "reproduce", new JsonObject { ["experiment"] = "of/tomorrow", ["settings"] = new JsonObject() }))
            run.WriteText("cells/one.json", "{}");
        Assert.Equal("1 pieces of work", Seen(runs, "unknown").Progress!.Text);
    }

    [Fact]
    public void The_trials_of_an_optimizer_are_one_line_with_gaps()
    {
        using var runs = new WatchedRuns();
        var comparison = ComparisonConfig.Parse(Compare, KappaCatalog.Choices);
        using var run = runs.Begin("c", "compare", JsonNode.Parse(comparison.ToText())!.AsObject());
        runs.Append("c/trials/adamw-lr0.001-seed0", WatchedRuns.Line(0, 8), WatchedRuns.Line(1, 4));
        runs.Append("c/trials/adamw-lr0.01-seed2", WatchedRuns.Line(0, 2));
        var plot = Plots(runs, "/runs/c")[0]!;
        Assert.Equal("Validation loss", (string?)plot["title"]);
        var line = Assert.Single(plot["lines"]!.AsArray())!;
        Assert.Equal("AdamW", (string?)line["name"]);
        Assert.Equal("[0,1,\"NaN\",0,\"NaN\"]", line["x"]!.ToJsonString());
        Assert.Equal("[9,5,\"NaN\",3,\"NaN\"]", line["y"]!.ToJsonString());
        Assert.Equal("learning rate 0.01, seed 2", (string?)line["hover"]![3]);
    }

    [Fact]
    public void What_probe_and_diagnose_and_report_found_is_shown_and_what_a_run_has_inside_is_not()
    {
        using var runs = new WatchedRuns();
        using (var run = runs.Begin("deep/first-1", "train", WatchedRuns.Training(900)))
        {
            foreach (string name in new[] { "probe/probe.json", "probe/report.html", "checkpoints/step-1/report.html", "paper/report.html" })
                run.WriteText(name, "{}");
        }
        new RunPart(runs["found"]).WriteText("diagnosis.json", "{}");
        new RunPart(runs["found"]).WriteText("report.html", "x");
        new RunPart(runs[".hidden"]).WriteText("report.html", "x");
        Assert.Equal(
            [("deep/first-1", "train"), ("deep/first-1/paper", "report"), ("deep/first-1/probe", "probe"), ("found", "diagnose")],
            Pages(runs).Runs().Select(run => (run.Place, run.Kind)).Order());
        Assert.Equal([("", "diagnose")], new RunPages(new ShownFolder(runs["found"]), KappaCatalog.Choices).Runs().Select(run => (run.Place, run.Kind)));
    }

    [Fact]
    public void Texts_from_outside_are_escaped()
    {
        const string Nasty = "<script>alert('&\"x\"')</script>";
        using var runs = new WatchedRuns();
        using var run = runs.Begin("a & b", "train", WatchedRuns.Training(900, Nasty));
        runs.Append("a & b", WatchedRuns.Line(0, 1).Replace("\"seconds\"", "\"figures\":{\"</script>\":1},\"seconds\"", StringComparison.Ordinal));
        Assert.All(["/", "/runs/a & b"], path => Assert.DoesNotContain("<script>alert", PageOf(runs, path), StringComparison.Ordinal));
        Assert.Contains("href=\"/runs/a%20%26%20b\"", PageOf(runs, "/"), StringComparison.Ordinal);
        Assert.Contains("Validation </script>", Plots(runs, "/runs/a & b").Select(plot => (string?)plot!["title"]));
    }

    private static (RunState State, string? Progress) StateOf(WatchedRuns runs) => (Only(runs).State, Only(runs).Progress?.Text);

    private static RunView Only(WatchedRuns runs) => Assert.Single(Pages(runs).Runs());

    private static RunView Seen(WatchedRuns runs, string place) => Pages(runs).Runs().Single(run => run.Place == place);

    private static RunPages Pages(WatchedRuns runs) => new(new ShownFolder(runs.Root), KappaCatalog.Choices);

    private static RunFolder Resume(WatchedRuns runs, string place, JsonObject config) => RunFolder.Open(
        new RunRequest("train", "first", config) { Path = runs[place], Mode = RunFolderMode.Resume, Amend = true });

    private static string PageOf(WatchedRuns runs, string path)
    {
        var page = Pages(runs).Get(path);
        Assert.True(page.IsFound);
        using var reader = new StreamReader(page.Content);
        return reader.ReadToEnd();
    }

    private static JsonArray Plots(WatchedRuns runs, string path) =>
        JsonNode.Parse(PageOf(runs, path).Split("id=\"plots\">")[1].Split("</script>")[0])![0]!.AsArray();
}
