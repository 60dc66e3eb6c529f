using System.Text.Json.Nodes;

namespace Kappa.Lab.Tests.Experiments.Curvature;

/// <summary>The experiments at a size of seconds: they run, resume their models, and conclude.</summary>
public sealed class CurvatureExperimentTests
{
    [Fact]
    public void The_experiments_run_at_a_tiny_size_and_conclude()
    {
        using var folder = new TemporaryFolder();
        foreach (var experiment in KappaCatalog.Choices.Of<Experiment>().Where(experiment => experiment.Paper == "curvature"))
        {
            var settings = Tiny(experiment, folder);
            var plan = experiment.Plan(settings, KappaCatalog.Choices);
            var context = ExperimentRuns.Context(folder.FullPath);
            // All take the same model: the first trains it.
            plan.Prepare(context);
            var cell = Assert.Single(plan.Cells);
            var result = new CellResult(cell.Key, JsonNode.Parse(cell.Run(context).ToJsonString())!.AsObject());
            var findings = plan.Conclude(new CellResults([result], 1));
            Assert.NotEmpty(findings.Headline);
            Assert.NotEmpty(Assert.Single(findings.Sections).Table!.Rows);
            Assert.NotNull(plan.Conclude(new CellResults([], 1)));
        }
    }

    [Fact]
    public void A_cell_that_is_interrupted_inside_its_solve_stops_there_and_gives_the_same_result_the_next_time()
    {
        using var folder = new TemporaryFolder();
        foreach (var (name, moment) in new[] { ("fig3", 12), ("fig4", 3), ("fig6", 9), ("table2", 1) })
        {
            var experiment = KappaCatalog.Choices.Find<Experiment>($"curvature/{name}");
            var plan = experiment.Plan(Tiny(experiment, folder), KappaCatalog.Choices);
            plan.Prepare(ExperimentRuns.Context(folder.FullPath));
            var cell = Assert.Single(plan.Cells);
            using var source = new CancellationTokenSource();
            int reports = 0;
            var context = ExperimentRuns.Context(folder.FullPath, source.Token, share =>
            {
                Assert.InRange(share, 0, 1);
                if (++reports == moment)
                    source.Cancel();
            });
            _ = Assert.Throws<OperationCanceledException>(() => cell.Run(context));
            // No product, batch or point was begun after it.
            Assert.Equal(moment, reports);
            if (name == "table2")
                continue;
            var calm = ExperimentRuns.Context(folder.FullPath);
            string resumed = cell.Run(calm).ToJsonString();
            Assert.Equal(cell.Run(calm).ToJsonString(), resumed);
        }
    }

    [Fact]
    public void A_run_that_is_interrupted_inside_a_solve_keeps_its_model_and_resumes_to_the_same_result()
    {
        using var folder = new TemporaryFolder();
        var experiment = new ConvergenceExperiment();
        var plan = experiment.Plan(Tiny(experiment, folder), KappaCatalog.Choices);
        using var source = new CancellationTokenSource();
        double prepared = 0;
        var stopped = ExperimentRuns.Run(experiment, folder["run"], 1, Tiny(experiment, folder), progress: new Progress(progress =>
        {
            prepared = progress.Key is null ? progress.Share : prepared;
            if (progress.Key is not null)
                source.Cancel();
        }), cancellation: source.Token);
        Assert.Empty(stopped.Finished);
        Assert.Equal(1, prepared);
        var resumed = ExperimentRuns.Run(experiment, folder["run"], 1, Tiny(experiment, folder), RunFolderMode.Resume);
        var whole = Assert.Single(plan.Cells).Run(ExperimentRuns.Context(folder["again"], prepared: folder["run/prepared"]));
        Assert.Equal(whole.ToJsonString(), Assert.Single(resumed.Finished).Value.ToJsonString());
    }

    [Fact]
    public void Every_experiment_of_the_paper_is_registered()
    {
        string[] names = [
            .. KappaCatalog.Choices.Of<Experiment>().Where(experiment => experiment.Paper == "curvature").Select(experiment => experiment.Name).Order()];
        Assert.Equal(["fig2", "fig3", "fig4", "fig5", "fig6", "optimizers", "table2"], names);
    }

    private static JsonObject Tiny(Experiment experiment, TemporaryFolder folder)
    {
        File.WriteAllText(folder["text.txt"], string.Concat(Enumerable.Range(0, 500).Select(i => $"{i * i % 97} herons saw {i * 31 % 17} boats. ")));
        var settings = experiment.Settings(ExperimentScale.Short);
        settings["data"] = new JsonObject { ["name"] = "text", ["path"] = folder["text.txt"] };
        void Set(string name, JsonNode value)
        {
            if (settings.ContainsKey(name))
                settings[name] = value;
        }

        Set("networks", new JsonArray("transformer"));
        Set("optimizers", new JsonArray("adamw"));
        Set("seeds", 1);
        Set("width", 8);
        Set("layers", 1);
        Set("contextLength", 16);
        Set("steps", 5);
        Set("batchSize", 4);
        Set("largestK", 20);
        Set("points", 3);
        Set("hessianSamples", 8);
        Set("candidates", 2);
        Set("fullSpaceProbes", 2);
        Set("samples", 8);
        Set("dimensions", new JsonArray(1, 3));
        return settings;
    }

    private sealed class Progress(Action<ExperimentProgress> report) : IProgress<ExperimentProgress>
    {
        public void Report(ExperimentProgress value) => report(value);
    }
}
