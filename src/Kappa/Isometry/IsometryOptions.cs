using Kappa.Networks;
using Kappa.Optimizers;

namespace Kappa.Isometry;

/// <summary>Settings of the isometry penalty, for <see cref="AdamO"/>, <see cref="MuonO"/> and <see cref="IsometryPenalty"/>. The defaults are the
/// paper's.</summary>
public sealed record IsometryOptions
{
    /// <summary>lambda, the strength; 0 or more. With 0 the inner optimizer's step is made, to the last bit.</summary>
    [Range(AtLeast = 0)]
    public double Strength { get; init; } = 1e-3;

    /// <summary>Strengths of some weights in place of <see cref="Strength"/>; the first pattern that fits counts.</summary>
    public IReadOnlyList<LayerStrength> LayerStrengths { get; init; } = [];

    /// <summary>eta_iso, the learning rate of the penalty, which the schedule and the scales of groups multiply as they do the optimizer's; null, the default:
    /// the optimizer's own.</summary>
    [Range(AtLeast = 0)]
    public double? LearningRate { get; init; }

    /// <summary>s: the squares of the singular values are drawn to it; above 0. 2 makes up for a ReLU, which halves the mean square of a signal.</summary>
    [Range(Above = 0)]
    public double Target { get; init; } = 1;

    /// <summary>Whether the target of a matrix with more rows than columns is s out / in, so that the mean square of a signal is kept.</summary>
    public bool RectangularCorrection { get; init; }

    /// <summary>Whether the penalty is divided by the size of the Gram matrix, so that the strength does not depend on the width.</summary>
    public bool DivideByGramSize { get; init; }

    /// <summary>Whether the penalty is half of the square, as in the authors' code: the same as half the strength.</summary>
    public bool HalfConvention { get; init; }

    /// <summary>Weights to leave alone, as patterns like those of <see cref="LayerStrength.Pattern"/>. What has fewer than two axes (biases, norms) always
    /// is.</summary>
    public IReadOnlyList<string> Exclude { get; init; } = ["*embedding*"];

    /// <summary>Whether the output head, which is the last parameter with two axes or more, is regularised too.</summary>
    public bool IncludeOutput { get; init; }

    /// <summary>A further choice of weights; null takes all that are left.</summary>
    public Func<Parameter, bool>? Where { get; init; }

    /// <summary>The penalty is taken in every so many steps, 1 or more, the first included. The strength is not changed by it: with 10, ten times the strength
    /// does about the same.</summary>
    [Range(AtLeast = 1)]
    public int Interval { get; init; } = 1;

    /// <summary>How the penalty moves a weight.</summary>
    public IsometryVariant Variant { get; init; } = IsometryVariant.Decoupled;

    /// <summary>Where the gradient is taken. The coupled variant always takes it before the step.</summary>
    public IsometryPoint Point { get; init; } = IsometryPoint.BeforeStep;

    /// <summary>Takes a line, once for each weight and reason, when a step was bounded or a weight is zero; null drops it (see
    /// <see cref="IsometricOptimizer.Matrices"/> for counts).</summary>
    public Action<string>? OnWarning { get; init; }

    /// <summary>Checks every setting.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is out of its range; the message names it, what it got and what it takes.</exception>
    public void Validate()
    {
        OptionRanges.Check(this);
        ArgumentNullException.ThrowIfNull(LayerStrengths);
        foreach (var (pattern, strength) in LayerStrengths)
            _ = OptionChecks.NotNegative(strength, $"IsometryOptions.LayerStrengths[\"{pattern}\"]");
        ArgumentNullException.ThrowIfNull(Exclude);
    }

    /// <summary>lambda of one weight.</summary>
    internal double StrengthOf(string name) => LayerStrengths.FirstOrDefault(layer => NamePattern.Matches(layer.Pattern, name))?.Strength ?? Strength;

    /// <summary>s of a matrix.</summary>
    internal double TargetOf(int rows, int columns) => RectangularCorrection && rows > columns ? Target * rows / columns : Target;

    /// <summary>The c of dR/dW = c W (Gram - s I).</summary>
    internal double FactorOf(int rows, int columns) => (HalfConvention ? 2.0 : 4.0) / (DivideByGramSize ? Math.Min(rows, columns) : 1);
}
