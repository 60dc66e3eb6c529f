using System.Text.Json.Nodes;

namespace Kappa.Lab.Tests.Experiments.Together;

public sealed class TogetherTests
{
    private static readonly Experiment Study = KappaCatalog.Choices.Find<Experiment>("together");

    [Fact]
    public void Every_network_has_every_combination_once()
    {
        string[] keys = [.. Study.Plan(Study.Settings(ExperimentScale.Short), KappaCatalog.Choices).Cells.Select(cell => cell.Key)];
        Assert.Equal(48, keys.Distinct().Count());
        Assert.Contains("mlp/adamw", keys);
        Assert.Contains("transformer/pathcond-dopr-muono", keys);
    }

    [Fact]
    public void An_arm_trains_with_what_it_has()
    {
        var settings = new TogetherSettings();
        foreach (var arm in TogetherSettings.ArmsOf("mlp"))
        {
            var model = MlpFactory.Create(4, 2, new ModelConfig { Hidden = [3, 3] }, new Philox(0));
            var optimizer = settings.Create(arm, model, 1e-3);
            using var owned = optimizer as IDisposable;
            string made = optimizer is DoPr preconditioned ? $"DoPr-{preconditioned.Inner.GetType().Name}" : optimizer.GetType().Name;
            Assert.Equal(arm.Title.Replace("PathCond, ", "", StringComparison.Ordinal), made);
        }
    }

    [Theory]
    [InlineData("steps", """{ "lstm": 10 }""", "networks out of mlp, conv, transformer")]
    [InlineData("side", "9", "7, 14 or 28")]
    [InlineData("seeds", "1", "2")]
    [InlineData("taskExamples", "3000", "at most examples, which is 2000")]
    [InlineData("heads", "3", "a divisor of width 32")]
    public void A_setting_that_does_not_fit_is_named(string name, string value, string expected)
    {
        var settings = Study.Settings(ExperimentScale.Short);
        settings[name] = JsonNode.Parse(value);
        var error = Assert.Throws<ConfigException>(() => Study.Read(settings, KappaCatalog.Choices));
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Random_answers_keep_what_is_not_asked()
    {
        var samples = new LabelledSamples(Tensor.From([1, 2, 3, 4], [2, 2]), Tensor.From([LabelledSamples.Uncounted, 5, LabelledSamples.Uncounted, 6], [2, 2]));
        int[] drawn = samples.WithRandomTargets(3, new Philox(1)).Targets.ToArray<int>();
        Assert.Equal([LabelledSamples.Uncounted, LabelledSamples.Uncounted], [drawn[0], drawn[2]]);
        Assert.All((int[])[drawn[1], drawn[3]], target => Assert.InRange(target, 0, 2));
    }

    [Fact]
    public void Samples_asked_alike_are_those_of_the_usual_number()
    {
        const int None = LabelledSamples.Uncounted;
        var samples = new LabelledSamples(Tensor.From([0, 1, 2], [3, 1]), Tensor.From([1, None, 1, 1, 2, 2], [3, 2]));
        Assert.Equal([1, 2], samples.AskedAlike().Inputs.ToArray<int>());
    }

    [SkippableTheory]
    [InlineData("mlp")]
    [InlineData("conv")]
    public void Pictures_are_of_all_classes_wherever_they_are_used(string name)
    {
        Requires.Data(DataCatalog.HandwrittenDigits);
        var network = StudiedNetwork.Of(name, new TogetherSettings { HeldOut = 200, Examples = 200 });
        foreach (var samples in (LabelledSamples[])[network.Training, network.Validation, ((PictureNetwork)network).Noisy])
        {
            int[] labels = samples.Targets.ToArray<int>();
            Assert.All(Enumerable.Range(0, 10), digit => Assert.InRange(labels.Count(label => label == digit), 5, 50));
        }
    }

    [SkippableFact]
    public void A_small_run_has_all_measures_of_all_arms_and_the_same_ones_again()
    {
        Requires.Data(DataCatalog.HandwrittenDigits);
        using var folder = new TemporaryFolder();
        var settings = Study.Settings(ExperimentScale.Short);
        foreach (var (name, value) in JsonNode.Parse("""
            { "steps": { "mlp": 6, "conv": 4, "transformer": 4 }, "adamWRates": [0.001, 0.002], "muonRates": [0.01, 0.02], "extensions": 0, "seeds": 2,
              "examples": 200, "heldOut": 20, "batchSize": 20, "tasks": 2, "taskExamples": 20, "taskSteps": 3, "side": 7, "hidden": [8, 8], "channels": [2, 2],
              "width": 8, "blocks": 1, "heads": 2, "dimensions": 2, "curvatureSamples": 20, "candidates": 2 }
            """)!.AsObject())
        {
            settings[name] = value!.DeepClone();
        }
        var first = ExperimentRuns.Run(Study, folder["first"], 2, settings);
        Assert.Equal(48, first.Finished.Count);
        Assert.All(
            first.Finished, arm => Assert.All(Measure.All, measure => Assert.All(arm.Numbers(measure.Name), value => Assert.True(double.IsFinite(value)))));
        var findings = Study.Plan(settings, KappaCatalog.Choices).Conclude(first);
        Assert.Equal(9, findings.Sections.Count);
        Assert.All(findings.Sections, section => Assert.NotNull(section.Table));
        // One network alone, and one arm at a time.
        settings["steps"] = new JsonObject { ["conv"] = 4 };
        var second = ExperimentRuns.Run(Study, folder["second"], 1, settings);
        Assert.Equal(16, second.Finished.Count);
        Assert.All(
            second.Finished,
            arm => Assert.Equal(first.Finished.Single(one => one.Key == arm.Key).Value.ToJsonString(), arm.Value.ToJsonString()));
    }
}
