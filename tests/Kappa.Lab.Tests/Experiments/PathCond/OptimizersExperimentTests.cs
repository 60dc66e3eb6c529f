using System.Text.Json.Nodes;

namespace Kappa.Lab.Tests.Experiments.PathCond;

public sealed class OptimizersExperimentTests
{
    [SkippableTheory]
    [InlineData("[1e-5, 1e-4]", 1, 0.001, true)]
    [InlineData("[1e-5, 1e-4]", 0, 0.0001, true)]
    [InlineData("[0.01, 0.03, 100]", 3, 0.03, false)]
    public void A_list_whose_best_rate_is_at_its_edge_grows(string rates, int extensions, double best, bool isAtEdge)
    {
        Requires.Data(DataCatalog.HandwrittenDigits);
        using var folder = new TemporaryFolder();
        var experiment = KappaCatalog.Choices.Find<Experiment>("pathcond/optimizers");
        var settings = experiment.Settings(ExperimentScale.Short);
        foreach (var (name, value) in JsonNode.Parse($$"""
            { "optimizers": { "adamw": {{rates}} }, "methods": ["plain"], "extensions": {{extensions}},
              "hidden": [4], "epochs": 1, "seeds": 2, "pictures": 200 }
            """)!.AsObject())
        {
            settings[name] = value!.DeepClone();
        }
        var results = ExperimentRuns.Run(experiment, folder["run"], 1, settings);
        var cell = Assert.Single(results.Finished);
        Assert.Equal((best, isAtEdge), (cell.Number("rate"), cell.Value["atEdge"]!.GetValue<bool>()));
        Assert.Equal(2, cell.Numbers("metric").Count(double.IsFinite));
        string row = string.Join(' ', experiment.Plan(settings, KappaCatalog.Choices).Conclude(results).Sections[0].Table!.Rows[0].Select(item => item.Text));
        Assert.StartsWith($"adamw plain {Figures.Rate(best)}{(isAtEdge ? " (edge)" : "")} ", row, StringComparison.Ordinal);
    }
}
