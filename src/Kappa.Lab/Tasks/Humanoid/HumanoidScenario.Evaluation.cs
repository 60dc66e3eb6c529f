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
        int[] horizons = HorizonSteps(expert, options);
        var set = EvaluationSetOf(expert, options, horizons, cancellation);
        HumanoidRollout[] rollouts = [.. set.Expert.Select(rollout => new HumanoidRollout(expert, rollout.Start, options.ControlNoise, horizons))];
        RunInLockStep(expert, rollouts, policy, horizons[^1], cancellation);
        return new RolloutResult(expert, horizons, rollouts, set);
    }

    private static int[] HorizonSteps(HumanoidExpert expert, RolloutOptions options)
    {
        double timestep = expert.Robot.Model.Timestep;
        int last = (int)Math.Round(options.Seconds / timestep);
        var steps = new SortedSet<int> { last };
        for (int i = 1; i * options.HorizonStep < options.Seconds; i++)
            _ = steps.Add(Math.Clamp((int)Math.Round(i * options.HorizonStep / timestep), 1, last));
        return [.. steps];
    }

    private EvaluationSet EvaluationSetOf(HumanoidExpert expert, RolloutOptions options, int[] horizons, CancellationToken cancellation)
    {
        while (true)
        {
            var set = _evaluationSets.GetOrAdd(options, key => new Lazy<EvaluationSet>(() => DrawEvaluationSet(expert, key, horizons, cancellation)));
            try
            {
                return set.Value;
            }
            catch (OperationCanceledException)
            {
                // Whoever drew it was stopped; that is nothing to keep.
                _ = _evaluationSets.TryRemove(KeyValuePair.Create(options, set));
                cancellation.ThrowIfCancellationRequested();
            }
        }
    }

    private EvaluationSet DrawEvaluationSet(HumanoidExpert expert, RolloutOptions options, int[] horizons, CancellationToken cancellation)
    {
        var (kept, examined) = KeepSurvived(
            options.Starts, ComputeThreads.Count, Stream("evaluation", options.Seed), RollOutExpert, expert.Robot.Model,
            progress: null, cancellation);
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

    /// <summary>Physics and the expert's reference take 100 microseconds a rollout and step and are shared among threads; the policy sees all as one batch.</summary>
    private void RunInLockStep(HumanoidExpert expert, HumanoidRollout[] rollouts, PolicyFunction policy, int steps, CancellationToken cancellation)
    {
        // Beside other work, which has a thread each, ComputeThreads.Count is 1.
        int workers = Math.Min(ComputeThreads.Count, rollouts.Length);
        var data = new MujocoData[workers];
        try
        {
            for (int i = 0; i < workers; i++)
                data[i] = expert.Robot.Model.CreateData();
            var observations = new float[rollouts.Length * ObservationSize];
            var actions = new float[rollouts.Length * MotorCount];
            var alive = rollouts.ToList();

            // A rollout holds its whole state, so which thread takes its step changes nothing.
            void Share(Action<int, MujocoData> work)
            {
                if (workers == 1)
                {
                    for (int row = 0; row < alive.Count; row++)
                        work(row, data[0]);
                    return;
                }
                _ = Parallel.For(0, workers, worker =>
                {
                    for (int row = worker; row < alive.Count; row += workers)
                        work(row, data[worker]);
                });
            }
            void See(int row) => Observe(expert, alive[row], observations.AsSpan(row * ObservationSize, ObservationSize));
            Share((row, _) => See(row));
            for (int step = 0; step < steps && alive.Count > 0; step++)
            {
                cancellation.ThrowIfCancellationRequested();
                policy(observations.AsSpan(0, alive.Count * ObservationSize), alive.Count, actions.AsSpan(0, alive.Count * MotorCount));
                Share((row, own) =>
                {
                    alive[row].AdvancePolicy(own, actions.AsSpan(row * MotorCount, MotorCount));
                    See(row);
                });
                if (alive.RemoveAll(rollout => !rollout.IsAlive) > 0)
                {
                    for (int row = 0; row < alive.Count; row++)
                        See(row);
                }
            }
        }
        finally
        {
            foreach (var one in data)
                one?.Dispose();
        }
    }
}

/// <summary>The expert's rollouts from the starts of an evaluation, which it survived, and how many starts were tried to find them.</summary>
internal sealed record EvaluationSet(HumanoidRollout[] Expert, int Examined);
