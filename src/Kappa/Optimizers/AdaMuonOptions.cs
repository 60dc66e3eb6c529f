using Kappa.Networks;

namespace Kappa.Optimizers;

/// <summary>Settings of <see cref="AdaMuon"/>. The defaults are those of Si, Zhang and Shen (2025), except where said.</summary>
public sealed record AdaMuonOptions : IOrthogonalOptions
{
    /// <summary>mu, the decay of the mean of gradients, in [0, 1).</summary>
    [Range(AtLeast = 0, Below = 1)]
    public double Momentum { get; init; } = 0.95;

    /// <summary>beta, the decay of the mean of squared orthogonal directions, in [0, 1). The paper has one number for both.</summary>
    [Range(AtLeast = 0, Below = 1)]
    public double Beta2 { get; init; } = 0.95;

    /// <summary>Added to the root of the mean square; above zero: from 5.9e-11 on for weights in Float32, from 1e-136 on in Float64.</summary>
    [Range(Above = 0)]
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Whether the sign is taken of (1 - mu) g + mu m in place of the mean m. Off in the paper's algorithm.</summary>
    public bool Nesterov { get; init; }

    /// <summary>Iterations of the quintic, whichever; 1 or more.</summary>
    [Range(AtLeast = 1)]
    public int NewtonSchulzSteps { get; init; } = 5;

    /// <summary>Which quintics.</summary>
    public Orthogonalization Orthogonalization { get; init; } = Orthogonalization.NewtonSchulz;

    /// <summary>The fraction of itself, times the learning rate, that an orthogonalised matrix loses in each step; zero or more.</summary>
    [Range(AtLeast = 0)]
    public double WeightDecay { get; init; } = 1e-2;

    /// <summary>Which matrices are orthogonalised.</summary>
    public MuonMatrices Matrices { get; init; } = MuonMatrices.Hidden;

    /// <summary>Of those, which ones in particular, by name for example; null for all of them.</summary>
    public Func<Parameter, bool>? Where { get; init; }

    /// <summary>Settings of AdamW for the other parameters.</summary>
    public AdamWOptions Others { get; init; } = new();

    /// <summary>What the learning rate is multiplied by for the other parameters; zero or more. 1 by default: updates of matrices have the size of
    /// AdamW's.</summary>
    [Range(AtLeast = 0)]
    public double OthersLearningRateRatio { get; init; } = 1;

    /// <summary>Checks every property.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is out of its range; the message names it, what it got and what it takes.</exception>
    public void Validate()
    {
        OptionRanges.Check(this);
        ArgumentNullException.ThrowIfNull(Others);
        Others.Validate();
    }
}
