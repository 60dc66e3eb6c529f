namespace Kappa.Lab.Tasks.Humanoid;

/// <summary>Turns finished rollouts into curves and means.</summary>
internal static class RolloutSummary
{
    public static RolloutResult Summarise(
        string scenario, RolloutOptions options, HumanoidExpert expert, int[] horizonSteps, RecordedRollout[] rollouts, EvaluationSet set)
    {
        double timestep = expert.Robot.Model.Timestep;
        double[] horizons = [.. horizonSteps.Select(s => s * timestep)];
        double[] returns = [.. rollouts.Select(r => r.Rollout.Return)];
        long taken = rollouts.Sum(r => (long)r.Rollout.Steps);
        return new RolloutResult
        {
            Scenario = scenario,
            Options = options,
            Endings = [.. rollouts.Select(r => r.Rollout.Ending)],
            SurvivalSeconds = [.. rollouts.Select(r => r.Rollout.Seconds)],
            Horizons = horizons,
            SurvivalFraction = Curve(horizons, (i, h) => rollouts[i].Rollout.IsAlive || rollouts[i].Rollout.Steps > horizonSteps[h] ? 1 : 0),
            ExpertDistance = Curve(horizons, (i, h) => Distance(rollouts[i].Positions[h], set.Expert[i].Positions[h])),
            PoseError = Curve(horizons, (i, h) => PoseError(rollouts[i], h)),
            HeightError = Curve(horizons, (i, h) => HeightError(rollouts[i], h)),
            ExpertPoseError = Curve(horizons, (i, h) => PoseError(set.Expert[i], h)),
            ExpertHeightError = Curve(horizons, (i, h) => HeightError(set.Expert[i], h)),
            SuccessFraction = rollouts.Average(r => r.Rollout.IsAlive ? 1.0 : 0.0),
            MeanActionDeviation = taken == 0 ? null : rollouts.Sum(r => r.Rollout.DeviationSum) / taken,
            Returns = returns,
            MeanReturn = returns.Average(),
            ExpertMeanReturn = set.Expert.Average(e => e.Rollout.Return),
            ExpertSurvivalFraction = (double)set.Starts.Length / set.Examined,
        };

        double[] Curve(double[] grid, Func<int, int, double> value) =>
            [.. Enumerable.Range(0, grid.Length).Select(h => Enumerable.Range(0, rollouts.Length).Average(i => value(i, h)))];

        double PoseError(RecordedRollout rollout, int h) => rollout.Rollout.PoseError(rollout.Positions[h], horizons[h]);

        double HeightError(RecordedRollout rollout, int h) => rollout.Rollout.HeightError(rollout.Positions[h], horizons[h]);

        double Distance(double[] position, double[] reference)
        {
            Span<double> difference = stackalloc double[HumanoidScenario.TangentSize];
            expert.Robot.Model.DifferentiatePosition(reference, position, difference);
            double sum = 0;
            foreach (double component in difference)
                sum += component * component;
            return Math.Sqrt(sum / difference.Length);
        }
    }
}
