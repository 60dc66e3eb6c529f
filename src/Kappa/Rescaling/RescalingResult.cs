namespace Kappa.Rescaling;

/// <summary>What a rescaling found and did.</summary>
public sealed record RescalingResult
{
    /// <summary>The layers with units that could be rescaled, in the order of the network.</summary>
    public required IReadOnlyList<RescaledLayer> Layers { get; init; }

    /// <summary>Channels that keep the scale 1, and why: outputs, what reaches something that is not homogeneous, dead units.</summary>
    public required IReadOnlyList<ChannelsLeftAlone> LeftAlone { get; init; }

    /// <summary>
    /// z for each unit, numbered layer by layer. <see cref="PathConditioning"/>: the parameters that enter unit h are multiplied by exp(z_h / 2), those that
    /// leave it by exp(-z_h / 2). <see cref="EquiNormalization"/>: by exp(-z_h) and exp(z_h).
    /// </summary>
    public required IReadOnlyList<double> LogScales { get; init; }

    /// <summary>How many parameters take part: p of the criterion.</summary>
    public required long Parameters { get; init; }

    /// <summary>The criterion before, F(0).</summary>
    public required double CriterionBefore { get; init; }

    /// <summary>The criterion at the result.</summary>
    public double CriterionAfter => CriterionHistory.Count > 0 ? CriterionHistory[^1] : CriterionBefore;

    /// <summary>The criterion after each sweep; it never increases.</summary>
    public required IReadOnlyList<double> CriterionHistory { get; init; }

    /// <summary>How many sweeps over all units were made.</summary>
    public int Sweeps => CriterionHistory.Count;

    /// <summary>
    /// Whether no log-scale has further than <see cref="RescalingOptions.Tolerance"/> to go, by the last sweep and by how much shorter it was than the one
    /// before.
    /// </summary>
    public required bool Converged { get; init; }

    /// <summary>The largest change of a log-scale in the last sweep.</summary>
    public required double LargestChange { get; init; }

    /// <summary>The largest derivative of the criterion with respect to a log-scale, relative to how many parameters that scale moves: 0 at the
    /// minimum.</summary>
    public required double Residual { get; init; }

    /// <summary>Whether the weights were changed.</summary>
    public required bool Applied { get; init; }
}
