namespace Kappa.Lab.Experiments.Isometry;

/// <summary><c>isometry/random-labels</c>: memorisation of fresh random labels, again and again.</summary>
internal sealed class RandomLabelsExperiment() : ContinualExperiment(TaskKind.RandomLabels)
{
    public override string Name => "random-labels";

    public override string Summary => "Does a network still memorise random labels after many sets of them? AdamO against AdamW and other remedies.";

    protected override ContinualSettings Short =>
        new() { Methods = ContinualMethods.Few, Tasks = 30, TuningTasks = 30, Examples = 1000, TestExamples = 0, Epochs = 20 };

    protected override ContinualSettings Full => new()
    {
        Width = 512, Tasks = 50, TuningTasks = 50, Examples = 4000, TestExamples = 0, Epochs = 50, Seeds = 5, Window = 10, DiagnoseEvery = 5, SaveEvery = 1,
        Methods = ContinualMethods.All,
    };

    private protected override string Description =>
        "Random labels: in each task the same pictures get labels drawn anew, so there is nothing to carry over, and only memorising helps.";
}
