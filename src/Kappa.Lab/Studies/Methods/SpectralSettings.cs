namespace Kappa.Lab.Studies.Methods;

/// <summary>The settings of <c>spectral</c>.</summary>
internal sealed record SpectralSettings
{
    private static readonly SpectralRegularizationOptions Library = new();

    [Setting("lambda, what the penalty is multiplied by", AtLeast = 0)]
    public double Strength { get; init; } = Library.Strength;

    [Setting("k, the power of the largest singular value that is pulled to 1", AtLeast = 1)]
    public int Power { get; init; } = Library.Power;

    [Setting("rounds of power iteration in each step", AtLeast = 1)]
    public int Iterations { get; init; } = Library.Iterations;

    [Setting("penalise biases too")]
    public bool IncludeBiases { get; init; } = Library.IncludeBiases;

    internal SpectralRegularizationOptions Options => new() { Strength = Strength, Power = Power, Iterations = Iterations, IncludeBiases = IncludeBiases };
}
