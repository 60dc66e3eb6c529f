namespace Kappa.Lab.Experiments.PathCond;

/// <summary>What every comparison of rescalings is made of.</summary>
internal abstract record GridSettings
{
    [Setting("learning rates; every method takes each", AtLeast = 0, OnceEach = true)]
    public IReadOnlyList<double> LearningRates { get; init; } = [];

    [Setting(
        "what is compared, plain among them; pathcond-reference has ten sweeps, and batch norm as in the published code, its converged form no limit of sweeps",
        OneOf = [RescalingMethod.Plain, RescalingMethod.PathCond, RescalingMethod.Reference, RescalingMethod.ReferenceConverged, RescalingMethod.Enorm],
        OnceEach = true)]
    public IReadOnlyList<string> Methods { get; init; } = [RescalingMethod.Plain, RescalingMethod.PathCond, RescalingMethod.Reference, RescalingMethod.Enorm];

    [Setting("initialisations", AtLeast = 1, AtMost = 10_000)]
    public int Seeds { get; init; } = 3;

    [Setting("passes over the examples", AtLeast = 1)]
    public int Epochs { get; init; } = 20;
}
