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
    internal RolloutResult Evaluate(PolicyFunction policy, RolloutOptions options, CancellationToken cancellation = default) => Evaluate(
        (_, rollouts, observations, actions) => policy(observations, rollouts.Length, actions), 1, options, cancellation);

    /// <summary>The same with a policy that decides some steps at once, and plays them before it looks again.</summary>
    internal RolloutResult Evaluate(ChunkPolicy policy, int chunk, RolloutOptions options, CancellationToken cancellation = default)
    {
        options.Validate();
        var expert = Expert;
        int[] horizons = options.HorizonSteps(expert.Robot.Model.Timestep);
        var set = _evaluationSets.Of(options, key => DrawEvaluationSet(expert, key, horizons, cancellation), cancellation);
        HumanoidRollout[] rollouts = [.. set.Expert.Select(rollout => new HumanoidRollout(expert, rollout.Start, options.ControlNoise, horizons))];
        RunInLockStep(expert, rollouts, policy, chunk, horizons[^1], cancellation);
        return new RolloutResult(expert, horizons, rollouts, set);
    }

    private EvaluationSet DrawEvaluationSet(HumanoidExpert expert, RolloutOptions options, int[] horizons, CancellationToken cancellation)
    {
        var (kept, examined) = Search(expert, ComputeThreads.Count).Keep(
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

    /// <summary>Physics and the expert's reference take 100 microseconds a rollout and step and threads share them; the policy sees all in one batch.</summary>
    private void RunInLockStep(
        HumanoidExpert expert, HumanoidRollout[] rollouts, ChunkPolicy policy, int chunk, int steps, CancellationToken cancellation)
    {
        using var simulations = new Simulations(expert.Robot.Model, Math.Min(ComputeThreads.Count, rollouts.Length));
        var observations = new float[rollouts.Length * ObservationSize];
        var actions = new float[rollouts.Length * chunk * MotorCount];
        int[] alive = [.. Enumerable.Range(0, rollouts.Length)];
        for (int step = 0; step < steps && alive.Length > 0; step += chunk)
        {
            cancellation.ThrowIfCancellationRequested();
            int played = Math.Min(chunk, steps - step), batch = alive.Length;
            simulations.Share(batch, (row, _) => Observe(expert, rollouts[alive[row]], observations.AsSpan(row * ObservationSize, ObservationSize)));
            policy(step, alive, observations.AsSpan(0, batch * ObservationSize), actions.AsSpan(0, batch * chunk * MotorCount));
            simulations.Share(batch, (row, data) =>
            {
                var rollout = rollouts[alive[row]];
                for (int at = 0; at < played && rollout.IsAlive; at++)
                    rollout.AdvancePolicy(data, actions.AsSpan(((row * chunk) + at) * MotorCount, MotorCount));
            });
            alive = [.. alive.Where(number => rollouts[number].IsAlive)];
        }
    }
}

/// <summary>The expert's rollouts from the starts of an evaluation, which it survived, and how many starts were tried to find them.</summary>
internal sealed record EvaluationSet(HumanoidRollout[] Expert, int Examined);
