using System.Text.Json.Nodes;
using Kappa.Lab.Data;
using Kappa.Lab.Reproduction;
using Kappa.Lab.Reproduction.Curvature;
using Kappa.Lab.Tests.Data;

namespace Kappa.Lab.Tests.Reproduction.Curvature;

/// <summary>The experiments at a size of seconds: they run, resume their models, and conclude.</summary>
public sealed class CurvatureExperimentTests
{
    [SkippableFact]
    public void The_experiments_run_at_a_tiny_size_and_conclude()
    {
        Requires.Data(DataCatalog.BrownCorpus);
        using var folder = new TemporaryFolder();
        Experiment[] experiments = [new RatioExperiment(), new DecayExperiment(), new TaylorExperiment(), new ConvergenceExperiment(), new RobustnessExperiment(), new StagesExperiment(), new OptimizerDecayExperiment()];
        foreach (var experiment in experiments)
        {
            var settings = Tiny(experiment);
            var plan = experiment.Plan(settings);
            var context = new CellContext(folder.FullPath, folder.FullPath, default, _ => { });
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
    public void Every_experiment_of_the_paper_is_registered()
    {
        string[] names = [.. ExperimentRegistry.All.Where(experiment => experiment.Paper == "curvature").Select(experiment => experiment.Name).Order()];
        Assert.Equal(["fig2", "fig3", "fig4", "fig5", "fig6", "optimizers", "table2"], names);
    }

    private static JsonObject Tiny(Experiment experiment)
    {
        var settings = experiment.Settings(ExperimentScale.Short);
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
}
