namespace Kappa.Lab.Studies.Methods;

/// <summary>The settings of <c>continual-backpropagation</c>.</summary>
internal sealed record ContinualBackpropagationSettings
{
    private static readonly ContinualBackpropagationOptions Library = new();

    [Setting("rho, the share of the mature units of each layer that is replaced in each step", AtLeast = 0, AtMost = 1)]
    public double ReplacementRate { get; init; } = Library.ReplacementRate;

    [Setting("steps for which a new unit is safe from replacement", AtLeast = 0)]
    public int Maturity { get; init; } = Library.Maturity;

    [Setting("eta, the decay of the mean of utilities", AtLeast = 0, Below = 1)]
    public double UtilityDecay { get; init; } = Library.UtilityDecay;

    internal ContinualBackpropagationOptions Options => new() { ReplacementRate = ReplacementRate, Maturity = Maturity, UtilityDecay = UtilityDecay };
}
