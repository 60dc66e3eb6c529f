namespace Kappa.Lab.Tests.Experiments.Isometry;

public sealed class RevivalTests
{
    private static readonly RevivalSettings Settings = new() { Width = 16, Depth = 3, Examples = 60, BatchSize = 20, Steps = 1500, CountEvery = 500 };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Killed_units_give_nothing_and_the_others_are_not_touched(bool byBias)
    {
        var samples = Small.Pictures();
        var model = ContinualNetwork.Make(Settings.ForNetwork(), ContinualMethods.Find("adamw"), samples.Pixels);
        _ = model.Initialize(new Philox(1));
        float[] before = ((Linear)model.Children[2].Module).Weight.ToArray<float>();
        var inputs = Tensor.From(samples.Inputs, [60, 64]);
        var dead = DeadUnits.Kill(model, 0.25, byBias, new Philox(2));
        Assert.Equal(2 * 4, dead.Count);
        Assert.Equal(0, dead.Awake(inputs));
        float[] after = ((Linear)model.Children[2].Module).Weight.ToArray<float>();
        int changedRows = Enumerable.Range(0, 16).Count(row => !before.AsSpan(row * 16, 16).SequenceEqual(after.AsSpan(row * 16, 16)));
        Assert.Equal(byBias ? 0 : 4, changedRows);
    }

    [Fact]
    public void Units_dead_by_their_weights_wake_under_AdamO_and_never_under_AdamW()
    {
        Assert.True(Awake("adamo", 1, byBias: false) > 0.9);
        Assert.Equal(0, Awake("adamw", 0.01, byBias: false));
        Assert.Equal(0, Awake("adamw", 0, byBias: false));
    }

    [Fact]
    public void A_unit_dead_by_its_bias_stays_dead_under_AdamO_and_is_replaced_by_ReDo()
    {
        Assert.Equal(0, Awake("adamo", 1, byBias: true));
        Assert.Equal(1, Awake("redo", 0.03, byBias: true), 0.2);
    }

    [Fact]
    public void Settings_that_cannot_be_are_rejected_by_name()
    {
        foreach (var (settings, name) in new (RevivalSettings, string)[]
        {
            (Settings with { Depth = 1 }, "depth"), (Settings with { Share = 0 }, "share"), (
                Settings with { Deaths = ["weights", "weights"] }, "deaths"), (Settings with { Methods = [] }, "methods"),
            (Settings with { BatchSize = 100 }, "batchSize"), (Settings with { Data = "cifar" }, "data"), (Settings with { LearningRate = -1 }, "learningRate"),
        })
        {
            Assert.StartsWith(name + ": ", Assert.Throws<ConfigException>(() => SettingsOf<RevivalSettings>.Check(settings)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Findings_have_a_row_for_each_death_and_method()
    {
        var experiment = new RevivalExperiment();
        var plan = experiment.Plan(experiment.Settings(ExperimentScale.Short), KappaCatalog.Choices);
        var result = new CellResult(
            "weights/adamo 0.1/seed=0", new() { ["steps"] = CellResult.Json([0, 100]), ["awake"] = CellResult.Json([0, 0.5]), ["accuracy"] = 0.75 });
        var findings = plan.Conclude(new CellResults([result], plan.Cells.Count));
        Assert.Equal(["by weights", "AdamO (lambda 0.1)", "50.0% [50.0, 50.0]", "75.0% [75.0, 75.0]"], Assert.Single(findings.Sections[0].Table!.Rows));
    }

    private static double Awake(string method, double strength, bool byBias)
    {
        using var temporary = new TemporaryFolder();
        var context = ExperimentRuns.Context(temporary.FullPath);
        var (_, awake, _) = RevivalRun.Run(Settings, ContinualMethods.Find(method).At(strength, method), byBias, seed: 4, Small.Pictures(), context);
        Assert.Equal(0, awake[0]);
        return awake[^1];
    }
}
