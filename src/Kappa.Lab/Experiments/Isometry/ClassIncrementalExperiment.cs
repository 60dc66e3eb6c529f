namespace Kappa.Lab.Experiments.Isometry;

/// <summary><c>isometry/class-incremental</c>: classes arrive two at a time.</summary>
internal sealed class ClassIncrementalExperiment() : ContinualExperiment(TaskKind.ClassIncremental)
{
    public override string Name => "class-incremental";

    public override string Summary => "Classes arrive two at a time, round after round: AdamO against AdamW and other remedies.";

    protected override ContinualSettings Short => new() { Methods = ContinualMethods.Few, Tasks = 30, TuningTasks = 30, Window = 5 };

    protected override ContinualSettings Full => new()
    {
        Width = 512, Tasks = 200, TuningTasks = 200, Examples = 10000, TestExamples = 2000, Epochs = 5, Seeds = 5, Window = 10, DiagnoseEvery = 10, SaveEvery = 2,
        Methods = ContinualMethods.All,
    };

    private protected override string Description =>
        "Class-incremental: each task adds two classes to those before; after ten, another round begins with another order of classes and of pixels. Five tasks are a round, so windows of whole rounds are compared.";
}
