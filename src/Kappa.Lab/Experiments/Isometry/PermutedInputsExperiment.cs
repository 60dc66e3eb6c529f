namespace Kappa.Lab.Experiments.Isometry;

/// <summary><c>isometry/permuted-inputs</c>: the same classification with the pixels in another order, again and again.</summary>
internal sealed class PermutedInputsExperiment() : ContinualExperiment(TaskKind.PermutedInputs)
{
    public override string Name => "permuted-inputs";

    public override string Summary => "Is the last of many permutations of the pixels learned as well as the first? AdamO against AdamW and other remedies.";

    protected override ContinualSettings Short => new() { Methods = ContinualMethods.Few, Tasks = 30, TuningTasks = 30 };

    protected override ContinualSettings Full => new()
    {
        Width = 512, Tasks = 200, TuningTasks = 200, Examples = 10000, TestExamples = 2000, Epochs = 5, Seeds = 5, Window = 10, DiagnoseEvery = 10, SaveEvery = 2,
        Methods = ContinualMethods.All,
    };

    private protected override string Description => "Permuted inputs: each task has its own order of pixels, the same for all pictures.";
}
