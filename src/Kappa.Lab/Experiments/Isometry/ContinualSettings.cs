namespace Kappa.Lab.Experiments.Isometry;

/// <summary>Settings of a continual benchmark: one network learns one task after another.</summary>
internal sealed record ContinualSettings : ICheckedSettings
{
    [Setting("fashion (Fashion-MNIST) or digits", OneOf = ["fashion", "digits"])]
    public string Data { get; init; } = "fashion";

    [Setting("mlp or conv", OneOf = ["mlp", "conv"])]
    public string Network { get; init; } = "mlp";

    [Setting("units of each hidden layer; for conv those of the linear one, and a quarter and half of it as channels", AtLeast = 1)]
    public int Width { get; init; } = 128;

    [Setting("hidden layers of the mlp", AtLeast = 1)]
    public int Depth { get; init; } = 4;

    [Setting("the square of the singular values at the start, and AdamO's target; 2 makes up for the half that ReLU drops", Above = 0)]
    public double Target { get; init; } = 2;

    [Setting("tasks", AtLeast = 1, AtMost = 1_000_000)]
    public int Tasks { get; init; } = 20;

    [Setting("training examples of a task (of all classes together, where classes arrive one by one)", AtLeast = 1)]
    public int Examples { get; init; } = 2000;

    [Setting("test examples; 0 where there is nothing to generalise to", AtLeast = 0)]
    public int TestExamples { get; init; } = 1000;

    [Setting("passes over a task's examples", AtLeast = 1, AtMost = 1_000_000)]
    public int Epochs { get; init; } = 10;

    [Setting("examples of a step", AtLeast = 1)]
    public int BatchSize { get; init; } = 100;

    [Setting(TunedMethodForm.Meaning, Form = typeof(TunedMethodForm))]
    public IReadOnlyList<ContinualMethod> Methods { get; init; } = [ContinualMethods.Find("adamw"), ContinualMethods.Find("adamo")];

    [Setting("learning rates to choose from, for every method alike", AtLeast = 0, OnceEach = true)]
    public double[] LearningRates { get; init; } = [3e-4, 1e-3, 3e-3];

    [Setting(
        "tasks of a run that chooses the learning rate and strength; fewer than of the others favour rates that are fast at first and lose plasticity later",
        AtLeast = 1, AtMost = 1_000_000)]
    public int TuningTasks { get; init; } = 20;

    [Setting("seeds of those runs; they are not among the reported ones", AtLeast = 1, AtMost = 10_000)]
    public int TuningSeeds { get; init; } = 1;

    [Setting("seeds that are reported", AtLeast = 1, AtMost = 10_000)]
    public int Seeds { get; init; } = 3;

    [Setting("tasks at either end whose accuracies are compared", AtLeast = 1, AtMost = 1_000_000)]
    public int Window { get; init; } = 5;

    [Setting("tasks from one diagnosis of the network to the next", AtLeast = 1)]
    public int DiagnoseEvery { get; init; } = 2;

    [Setting("tasks from one checkpoint to the next", AtLeast = 1)]
    public int SaveEvery { get; init; } = 10;

    public void Check(SettingsCheck check)
    {
        check.Require(Width % 4 == 0, nameof(Width), "a multiple of 4", Width);
        check.Require(BatchSize <= Examples, nameof(BatchSize), $"at most the {Examples} examples of a task", BatchSize);
        check.Require(2 * Window <= Tasks, nameof(Window), $"at most half of the {Tasks} tasks", Window);
        MethodForm.RequireDifferent(check, Methods);
    }
}
