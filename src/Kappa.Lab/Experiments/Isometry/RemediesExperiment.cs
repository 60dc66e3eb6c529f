namespace Kappa.Lab.Experiments.Isometry;

/// <summary><c>isometry/remedies</c>: every remedy on one sequence, and what it leaves of dynamical isometry.</summary>
internal sealed class RemediesExperiment() : ContinualExperiment(TaskKind.PermutedInputs)
{
    public override string Name => "remedies";

    public override string Summary =>
        "Eleven ways to keep plasticity, each read through its isometry: singular values, effective rank and dormant units after many permuted tasks.";

    protected override ContinualSettings Short => new()
    {
        Methods = ContinualMethods.Remedies, Tasks = 30, TuningTasks = 10, LearningRates = [3e-4, 1e-3], Seeds = 3, DiagnoseEvery = 5,
    };

    protected override ContinualSettings Full => new()
    {
        Methods = ContinualMethods.Remedies, Width = 512, Tasks = 200, TuningTasks = 200, Examples = 10000, TestExamples = 2000, Epochs = 5, Seeds = 5, Window = 10, DiagnoseEvery = 10, SaveEvery = 2,
    };

    private protected override string Description =>
        "Permuted inputs under every method. The paper reads older remedies as partial forms of isometry; the second table has what each leaves of it.";
}
