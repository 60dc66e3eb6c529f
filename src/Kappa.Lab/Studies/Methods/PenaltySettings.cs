namespace Kappa.Lab.Studies.Methods;

/// <summary>The settings of <c>l2</c> and <c>l2-init</c>.</summary>
internal sealed record PenaltySettings
{
    [Setting("lambda, what the penalty is multiplied by", AtLeast = 0)]
    public double Strength { get; init; } = 1e-4;
}
