namespace Kappa.Lab.Experiments.Isometry;

/// <summary><c>isometry/label-shuffles</c>: the same pictures with the classes renamed, again and again.</summary>
internal sealed class LabelShufflesExperiment() : ContinualExperiment(TaskKind.LabelShuffles)
{
    public override string Name => "label-shuffles";

    public override string Summary => "Are renamed classes learned as well the last time as the first? AdamO against AdamW and other remedies.";

    protected override ContinualSettings Short =>
        new() { Network = "conv", Width = 64, LearningRates = [3e-4, 1e-3, 3e-3], Examples = 1000, TestExamples = 500, Epochs = 5 };

    protected override ContinualSettings Full => new()
    {
        Network = "conv", Width = 128, Tasks = 200, TuningTasks = 200, Examples = 5000, TestExamples = 2000, Epochs = 10, Seeds = 5, Window = 10, DiagnoseEvery = 10, SaveEvery = 2,
        Methods = ContinualMethods.All,
    };

    private protected override string Description =>
        "Label shuffles: each task gives the classes other labels, so that features can be carried over and the readout cannot. A convolutional network.";
}
