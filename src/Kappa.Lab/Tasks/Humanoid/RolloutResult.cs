namespace Kappa.Lab.Tasks.Humanoid;

/// <summary>What a policy did when it controlled the humanoid.</summary>
/// <remarks>A rollout that ended early keeps, at every later horizon, the position it had when it ended: distances and errors go on being measured from there,
/// so that falling never improves a mean.</remarks>
internal sealed class RolloutResult
{
    internal RolloutResult(HumanoidExpert expert, int[] horizons, HumanoidRollout[] rollouts, EvaluationSet set)
    {
        double timestep = expert.Robot.Model.Timestep;
        double[] Curve(Func<int, int, double> value) =>
            [.. Enumerable.Range(0, horizons.Length).Select(h => Enumerable.Range(0, rollouts.Length).Average(i => value(i, h)))];

        Endings = [.. rollouts.Select(rollout => rollout.Ending)];
        SurvivalSeconds = [.. rollouts.Select(rollout => rollout.Seconds)];
        Horizons = [.. horizons.Select(steps => steps * timestep)];
        SurvivalFraction = Curve((i, h) => rollouts[i].IsAlive || rollouts[i].Steps > horizons[h] ? 1 : 0);
        ExpertDistance = Curve((i, h) => expert.Distance(rollouts[i].PositionAt(h), set.Expert[i].PositionAt(h)));
        PoseError = Curve((i, h) => rollouts[i].PoseError(rollouts[i].PositionAt(h), Horizons[h]));
        SuccessFraction = rollouts.Average(rollout => rollout.IsAlive ? 1.0 : 0.0);
        long taken = rollouts.Sum(rollout => (long)rollout.Steps);
        MeanActionDeviation = taken == 0 ? null : rollouts.Sum(rollout => rollout.DeviationSum) / taken;
        Returns = [.. rollouts.Select(rollout => rollout.Return)];
        ExpertMeanReturn = set.Expert.Average(rollout => rollout.Return);
        ExpertSurvivalFraction = (double)set.Expert.Length / set.Examined;
    }

    /// <summary>How each start ended, [starts].</summary>
    internal RolloutEnding[] Endings { get; }

    /// <summary>How long each start survived, [starts], in seconds; the full length for those that did not end early.</summary>
    internal double[] SurvivalSeconds { get; }

    /// <summary>The horizons of the curves below, [horizons], in seconds; the last is the full length.</summary>
    internal double[] Horizons { get; }

    /// <summary>Fraction of the starts that survived each horizon, [horizons].</summary>
    internal double[] SurvivalFraction { get; }

    /// <summary>Distance from the expert's own rollout (same start, command and noise) at each horizon, [horizons], averaged over the starts
    /// (<see cref="HumanoidExpert.Distance"/>).</summary>
    internal double[] ExpertDistance { get; }

    /// <summary>Error against the commanded pose at each horizon, [horizons], in rad: the root mean square over the 21 joint angles, averaged over the
    /// starts.</summary>
    internal double[] PoseError { get; }

    /// <summary>Fraction of the starts that survived the full length.</summary>
    internal double SuccessFraction { get; }

    /// <summary>Root mean square difference between the policy's clipped action and the expert's clean action in the same state, averaged over all
    /// steps that were taken; null when no step was.</summary>
    internal double? MeanActionDeviation { get; }

    /// <summary>Return of each start, [starts], in seconds: the time survived, each instant weighted by exp(-e^2 / (2 * 0.1^2)) with e the pose error
    /// in rad at that instant. At most the full length.</summary>
    internal double[] Returns { get; }

    internal double MeanReturn => Returns.Average();

    /// <summary>Mean return of the expert over the same starts.</summary>
    internal double ExpertMeanReturn { get; }

    /// <summary>Fraction of the candidate starts that the expert itself survived; only those are used.</summary>
    internal double ExpertSurvivalFraction { get; }
}
