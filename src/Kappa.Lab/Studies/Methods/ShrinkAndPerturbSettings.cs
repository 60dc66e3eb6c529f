namespace Kappa.Lab.Studies.Methods;

/// <summary>The settings of <c>shrink-and-perturb</c>.</summary>
internal sealed record ShrinkAndPerturbSettings
{
    private static readonly ShrinkAndPerturbOptions Library = new();

    [Setting("steps from one action to the next", AtLeast = 1)]
    public int Interval { get; init; } = Library.Interval;

    [Setting("what every parameter is multiplied by", AtLeast = 0, AtMost = 1)]
    public double Shrinkage { get; init; } = Library.Shrinkage;

    [Setting("standard deviation of what is added, over the root mean square of the parameter's initial values", AtLeast = 0)]
    public double Noise { get; init; } = Library.Noise;

    internal ShrinkAndPerturbOptions Options => new() { Interval = Interval, Shrinkage = Shrinkage, Noise = Noise };
}
