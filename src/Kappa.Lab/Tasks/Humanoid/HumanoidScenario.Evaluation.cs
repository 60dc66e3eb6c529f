namespace Kappa.Lab.Tasks.Humanoid;

public abstract partial class HumanoidScenario
{
    /// <summary>Lets a policy control the humanoid from held-out starts.</summary>
    /// <param name="policy">The policy; it is called from the calling thread, with all rollouts that are still alive as one batch.</param>
    /// <param name="options">Starts, length, noise, seed, horizons; null for the defaults.</param>
    /// <param name="cancellation">Cancels.</param>
    /// <returns>Survival, distance from the expert, errors and returns.</returns>
    /// <remarks>
    /// Only starts that the expert itself survives under the same noise are used; its rollouts are computed once for equal options and
    /// kept. An action that is not finite ends its rollout as a fall. Costs about 45 microseconds of one core for each step of each start.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    /// <exception cref="MujocoException">libmujoco 2.2.2 is unavailable; the message names the package to install.</exception>
    /// <exception cref="FileNotFoundException">The humanoid model is not there; the message names the package to install.</exception>
    public RolloutResult Evaluate(PolicyFunction policy, RolloutOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(policy);
        options ??= new RolloutOptions();
        options.Validate();
        var expert = Expert;
        int[] horizons = HorizonSteps(expert, options);
        var set = EvaluationSetOf(expert, options with { Threads = 1 }, horizons, cancellation);
        var rollouts = set.Starts
            .Select(start => new RecordedRollout(new HumanoidRollout(expert, start, options.ControlNoise), horizons)).ToArray();
        RunInLockStep(expert, rollouts, policy, horizons[^1], options.Threads, cancellation);
        return RolloutSummary.Summarise(Name, options, expert, horizons, rollouts, set);
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
            options.Starts, Environment.ProcessorCount, Stream("evaluation", options.Seed), RollOutExpert, expert.Robot.Model,
            progress: null, cancellation);
        return new EvaluationSet([.. kept.Select(k => k.Start)], [.. kept.Select(k => k.Recorded)], examined);

        ExpertRollout? RollOutExpert(Philox stream, MujocoData data)
        {
            var start = DrawStart(expert, stream);
            var recorded = new RecordedRollout(new HumanoidRollout(expert, start, options.ControlNoise), horizons);
            Span<double> action = stackalloc double[MotorCount];
            while (recorded.Rollout.IsAlive && recorded.Rollout.Steps < horizons[^1])
            {
                recorded.Rollout.AdvanceExpert(data, action);
                recorded.Record();
            }
            return recorded.Rollout.IsAlive ? new ExpertRollout(start, recorded) : null;
        }
    }

    private void RunInLockStep(
        HumanoidExpert expert, RecordedRollout[] rollouts, PolicyFunction policy, int steps, int threads, CancellationToken cancellation)
    {
        threads = Math.Min(threads, rollouts.Length);
        var simulations = new MujocoData[threads];
        var observations = new float[rollouts.Length * ObservationSize];
        var actions = new float[rollouts.Length * ActionSize];
        var alive = (RecordedRollout[])rollouts.Clone();
        int count = alive.Length;
        try
        {
            for (int i = 0; i < threads; i++)
                simulations[i] = expert.Robot.Model.CreateData();
            for (int step = 0; step < steps && count > 0; step++)
            {
                cancellation.ThrowIfCancellationRequested();
                for (int row = 0; row < count; row++)
                    Observe(expert, alive[row].Rollout, observations.AsSpan(row * ObservationSize, ObservationSize));
                policy(observations.AsSpan(0, count * ObservationSize), count, actions.AsSpan(0, count * ActionSize));
                if (threads == 1)
                    AdvanceShare(0);
                else
                    _ = Parallel.For(0, threads, AdvanceShare);
                count = KeepAlive(alive, count);
            }
        }
        finally
        {
            foreach (var simulation in simulations)
                simulation?.Dispose();
        }
        foreach (var rollout in rollouts)
            rollout.Finish();

        void AdvanceShare(int share)
        {
            for (int row = share * count / threads; row < (share + 1) * count / threads; row++)
            {
                alive[row].Rollout.AdvancePolicy(simulations[share], actions.AsSpan(row * ActionSize, ActionSize));
                alive[row].Record();
            }
        }
    }

    private static int KeepAlive(RecordedRollout[] rollouts, int count)
    {
        int kept = 0;
        for (int i = 0; i < count; i++)
        {
            if (rollouts[i].Rollout.IsAlive)
                rollouts[kept++] = rollouts[i];
        }
        return kept;
    }

    private sealed record ExpertRollout(RolloutStart Start, RecordedRollout Recorded);
}
