namespace Kappa.Lab.Tasks.Humanoid;

/// <summary>What a policy did when it controlled the humanoid.</summary>
/// <remarks>
/// A rollout that ended early keeps, at every later horizon, the position it had when it ended: distances and errors go on being measured
/// from there, so that falling never improves a mean.
/// </remarks>
public sealed record RolloutResult
{
    /// <summary>Name of the scenario.</summary>
    public required string Scenario { get; init; }

    /// <summary>The options of the evaluation.</summary>
    public required RolloutOptions Options { get; init; }

    /// <summary>How each start ended, [starts].</summary>
    public required IReadOnlyList<RolloutEnding> Endings { get; init; }

    /// <summary>How long each start survived, [starts], in seconds; the full length for those that did not end early.</summary>
    public required IReadOnlyList<double> SurvivalSeconds { get; init; }

    /// <summary>The horizons of the curves below, [horizons], in seconds; the last is the full length.</summary>
    public required IReadOnlyList<double> Horizons { get; init; }

    /// <summary>Fraction of the starts that survived each horizon, [horizons].</summary>
    public required IReadOnlyList<double> SurvivalFraction { get; init; }

    /// <summary>
    /// Distance from the expert's own rollout (same start, command and noise) at each horizon, [horizons]: the root mean square over the 27
    /// tangent-space differences of position (m for the root's place, rad for the rest), averaged over the starts.
    /// </summary>
    public required IReadOnlyList<double> ExpertDistance { get; init; }

    /// <summary>
    /// Error against the commanded pose at each horizon, [horizons], in rad: the root mean square over the 21 joint angles, averaged over the
    /// starts.
    /// </summary>
    public required IReadOnlyList<double> PoseError { get; init; }

    /// <summary>Error of the torso's height against the commanded pose at each horizon, [horizons], in m: absolute, averaged over the starts.</summary>
    public required IReadOnlyList<double> HeightError { get; init; }

    /// <summary>The expert's own <see cref="PoseError"/>, [horizons], in rad.</summary>
    public required IReadOnlyList<double> ExpertPoseError { get; init; }

    /// <summary>The expert's own <see cref="HeightError"/>, [horizons], in m.</summary>
    public required IReadOnlyList<double> ExpertHeightError { get; init; }

    /// <summary>Fraction of the starts that survived the full length.</summary>
    public required double SuccessFraction { get; init; }

    /// <summary>
    /// Root mean square difference between the policy's clipped action and the expert's clean action in the same state, averaged over all
    /// steps that were taken; null when no step was.
    /// </summary>
    public required double? MeanActionDeviation { get; init; }

    /// <summary>
    /// Return of each start, [starts], in seconds: the time survived, each instant weighted by exp(-e^2 / (2 * 0.1^2)) with e the pose error
    /// in rad at that instant. At most the full length.
    /// </summary>
    public required IReadOnlyList<double> Returns { get; init; }

    /// <summary>Mean of <see cref="Returns"/>.</summary>
    public required double MeanReturn { get; init; }

    /// <summary>Mean return of the expert over the same starts.</summary>
    public required double ExpertMeanReturn { get; init; }

    /// <summary>Fraction of the candidate starts that the expert itself survived; only those are used.</summary>
    public required double ExpertSurvivalFraction { get; init; }
}
