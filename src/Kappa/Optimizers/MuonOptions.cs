using Kappa.Networks;

namespace Kappa.Optimizers;

/// <summary>Settings of <see cref="Muon"/>. The defaults are those of Jordan and others (2024), except where said.</summary>
public sealed record MuonOptions : IOrthogonalOptions
{
    /// <summary>mu, the decay of the mean of gradients, in [0, 1).</summary>
    [Range(AtLeast = 0, Below = 1)]
    public double Momentum { get; init; } = 0.95;

    /// <summary>Whether the update is made from (1 - mu) g + mu m in place of the mean m.</summary>
    public bool Nesterov { get; init; } = true;

    /// <summary>Iterations of the quintic, whichever; 1 or more.</summary>
    [Range(AtLeast = 1)]
    public int NewtonSchulzSteps { get; init; } = 5;

    /// <summary>Which quintics.</summary>
    public Orthogonalization Orthogonalization { get; init; } = Orthogonalization.NewtonSchulz;

    /// <summary>The fraction of itself, times the learning rate, that an orthogonalised matrix loses in each step; zero or more.</summary>
    [Range(AtLeast = 0)]
    public double WeightDecay { get; init; }

    /// <summary>How updates are scaled by the shape of the matrix.</summary>
    public MuonScaling Scaling { get; init; } = MuonScaling.Jordan;

    /// <summary>Which matrices are orthogonalised.</summary>
    public MuonMatrices Matrices { get; init; } = MuonMatrices.Hidden;

    /// <summary>Of those, which ones in particular, by name for example; null for all of them.</summary>
    public Func<Parameter, bool>? Where { get; init; }

    /// <summary>Settings of AdamW for the other parameters.</summary>
    public AdamWOptions Others { get; init; } = new();

    /// <summary>What the learning rate is multiplied by for the other parameters; zero or more. The default gives 3e-4 where Muon has 0.02.</summary>
    [Range(AtLeast = 0)]
    public double OthersLearningRateRatio { get; init; } = 0.015;

    /// <summary>Checks every property.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is out of its range; the message names it, what it got and what it takes.</exception>
    public void Validate()
    {
        OptionRanges.Check(this);
        ArgumentNullException.ThrowIfNull(Others);
        Others.Validate();
    }
}
