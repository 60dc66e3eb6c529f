namespace Kappa.Lab.Studies.Methods;

/// <summary>The settings of <c>signum</c>.</summary>
internal sealed record SignumSettings
{
    [Setting("decay of the mean of gradients; 0 is signSGD", AtLeast = 0, Below = 1)]
    public double Momentum { get; init; } = 0.9;

    [Setting("share of itself, times the learning rate, that a parameter loses in each step", AtLeast = 0)]
    public double WeightDecay { get; init; }
}
