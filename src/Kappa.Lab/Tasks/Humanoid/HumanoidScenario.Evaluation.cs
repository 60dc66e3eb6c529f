namespace Kappa.Lab.Tasks.Humanoid;

internal sealed partial class HumanoidScenario
{
    /// <summary>Lets a policy control the humanoid from held-out starts.</summary>
    /// <param name="policy">The policy; it is called from the calling thread, with all rollouts that are still alive as one batch.</param>
    /// <param name="options">Starts, length, noise, seed, horizons.</param>
    /// <param name="cancellation">Cancels.</param>
    /// <remarks>Only starts that the expert itself survives under the same noise are used; its rollouts are computed once for equal options and kept. An action
    /// that is not finite ends its rollout as a fall. Costs about 45 microseconds of one core for each step of each start.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    internal RolloutResult Evaluate(PolicyFunction policy, RolloutOptions options, CancellationToken cancellation = default)
    {
        options.Validate();
        var expert = Expert;
        int[] horizons = options.HorizonSteps(expert.Robot.Model.Timestep);
        var set = _evaluationSets.Of(options, key => DrawEvaluationSet(expert, key, horizons, cancellation), cancellation);
        HumanoidRollout[] rollouts = [.. set.Expert.Select(rollout => new HumanoidRollout(expert, rollout.Start, options.ControlNoise, horizons))];
        RunInLockStep(expert, rollouts, policy, horizons[^1], cancellation);
        return new RolloutResult(expert, horizons, rollouts, set);
    }

    private EvaluationSet DrawEvaluationSet(HumanoidExpert expert, RolloutOptions options, int[] horizons, CancellationToken cancellation)
    {
        var (kept, examined) = Search(expert, Environment.ProcessorCount).Keep(
            options.Starts, Stream("evaluation", options.Seed), RollOutExpert, progress: null, cancellation);
        return new EvaluationSet(kept, examined);

        HumanoidRollout? RollOutExpert(Philox stream, MujocoData data)
        {
            var rollout = new HumanoidRollout(expert, DrawStart(expert, stream), options.ControlNoise, horizons);
            Span<double> action = stackalloc double[MotorCount];
            while (rollout.IsAlive && rollout.Steps < horizons[^1])
                rollout.AdvanceExpert(data, action);
            return rollout.IsAlive ? rollout : null;
        }
    }

    private void RunInLockStep(HumanoidExpert expert, HumanoidRollout[] rollouts, PolicyFunction policy, int steps, CancellationToken cancellation)
    {
        using var data = expert.Robot.Model.CreateData();
        var observations = new float[rollouts.Length * ObservationSize];
        var actions = new float[rollouts.Length * MotorCount];
        var alive = rollouts.ToList();
        for (int step = 0; step < steps && alive.Count > 0; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            for (int row = 0; row < alive.Count; row++)
                Observe(expert, alive[row], observations.AsSpan(row * ObservationSize, ObservationSize));
            policy(observations.AsSpan(0, alive.Count * ObservationSize), alive.Count, actions.AsSpan(0, alive.Count * MotorCount));
            for (int row = 0; row < alive.Count; row++)
                alive[row].AdvancePolicy(data, actions.AsSpan(row * MotorCount, MotorCount));
            _ = alive.RemoveAll(rollout => !rollout.IsAlive);
        }
    }
}

/// <summary>The expert's rollouts from the starts of an evaluation, which it survived, and how many starts were tried to find them.</summary>
internal sealed record EvaluationSet(HumanoidRollout[] Expert, int Examined);
