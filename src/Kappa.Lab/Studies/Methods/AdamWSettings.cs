namespace Kappa.Lab.Studies.Methods;

/// <summary>The settings of <c>adamw</c>.</summary>
internal sealed record AdamWSettings
{
    private static readonly AdamWOptions Library = new();

    [Setting("decay of the mean of gradients", AtLeast = 0, Below = 1)]
    public double Beta1 { get; init; } = Library.Beta1;

    [Setting("decay of the mean of squared gradients", AtLeast = 0, Below = 1)]
    public double Beta2 { get; init; } = Library.Beta2;

    [Setting("added to the root of the mean square", Above = 0)]
    public double Epsilon { get; init; } = Library.Epsilon;

    [Setting("share of itself, times the learning rate, that a parameter loses in each step", AtLeast = 0)]
    public double WeightDecay { get; init; } = Library.WeightDecay;

    internal AdamWOptions Options => new() { Beta1 = Beta1, Beta2 = Beta2, Epsilon = Epsilon, WeightDecay = WeightDecay };
}
