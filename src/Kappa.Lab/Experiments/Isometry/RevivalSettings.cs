namespace Kappa.Lab.Experiments.Isometry;

/// <summary>Settings of the revival of dead units.</summary>
internal sealed record RevivalSettings : ICheckedSettings
{
    [Setting("fashion or digits", OneOf = ["fashion", "digits"])]
    public string Data { get; init; } = "fashion";

    [Setting("units of each hidden layer", AtLeast = 4)]
    public int Width { get; init; } = 128;

    [Setting("hidden layers; units of all but the first are killed", AtLeast = 2)]
    public int Depth { get; init; } = 4;

    [Setting("the share of units to kill in each of those layers", Above = 0, AtMost = 1)]
    public double Share { get; init; } = 0.5;

    [Setting("training examples", AtLeast = 1)]
    public int Examples { get; init; } = 2000;

    [Setting("examples of a step", AtLeast = 1)]
    public int BatchSize { get; init; } = 100;

    [Setting("steps after the killing", AtLeast = 1)]
    public int Steps { get; init; } = 2000;

    [Setting("steps from one count of the awake to the next", AtLeast = 1)]
    public int CountEvery { get; init; } = 100;

    [Setting("the learning rate, for all methods", AtLeast = 0)]
    public double LearningRate { get; init; } = 1e-3;

    [Setting(MethodAtStrengthForm.Meaning, Form = typeof(MethodAtStrengthForm))]
    public IReadOnlyList<ContinualMethod> Methods { get; init; } =
        MethodAtStrengthForm.List("adamw 0", "adamw 0.1", "adamo 0.001", "adamo 0.1", "adamo 1", "coupled 0.001", "redo 0.03");

    [Setting(
        "how units die: weights (incoming weights become negative, so that non-negative inputs give nothing) and bias (the bias becomes -50)",
        OneOf = ["weights", "bias"], OnceEach = true)]
    public string[] Deaths { get; init; } = ["weights", "bias"];

    [Setting("seeds", AtLeast = 1, AtMost = 10_000)]
    public int Seeds { get; init; } = 3;

    public void Check(SettingsCheck check)
    {
        check.Require(BatchSize <= Examples, nameof(BatchSize), $"at most the {Examples} examples", BatchSize);
        MethodForm.RequireDifferent(check, Methods);
    }

    /// <summary>The same sizes, as those of a network for tasks.</summary>
    internal ContinualSettings ForNetwork() =>
        new() { Data = Data, Width = Width, Depth = Depth, Examples = Examples, TestExamples = 0, BatchSize = BatchSize };
}
