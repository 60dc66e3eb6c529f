namespace Kappa.Lab.Experiments.Reinforcement;

/// <summary>Trains one agent through worlds that change, and measures.</summary>
/// <remarks>Checkpoints are written between worlds, so that an interrupted run goes on to the same bits. A world in which a number is not finite is recorded,
/// its remaining iterations count with the return of the last one before, and the agent goes back to where it stood when that world began.</remarks>
internal sealed class ReinforcementRun
{
    private const int Probe = 256;
    private readonly ReinforcementTrial _trial;
    private readonly Func<double, double, ControlEnvironment> _world;
    private readonly Philox _generator;
    private readonly Sequential _policy;
    private readonly Sequential _value;
    private readonly (string Name, Module Model, Optimizer Optimizer)[] _parts;
    private readonly PpoAgent _agent;

    private ReinforcementRun(ReinforcementTrial trial, Func<double, double, ControlEnvironment> world)
    {
        (_trial, _world) = (trial, world);
        _generator = new Philox((ulong)trial.Seed);
        var settings = trial.Settings;
        using var example = world(1, 9.81);
        var method = trial.Method;
        _policy = Network(settings, method, example.ObservationSize, example.ActionSize, headGain: 0.01);
        _value = Network(settings, method, example.ObservationSize, 1, headGain: 1);
        var spread = new ActionSpread(example.ActionSize, settings.Ppo.InitialLogDeviation);
        _ = _policy.Initialize(_generator.Split("policy"));
        _ = _value.Initialize(_generator.Split("value"));
        int stepsOfWorld = settings.Iterations * settings.Ppo.Epochs * (settings.Episodes * settings.Horizon / settings.Ppo.BatchSize);
        var optimizers = new[] { _policy, _value }.Select((model, index) =>
            method.Optimize(new MethodContext(
                model, trial.LearningRate, method.Strengths[0], stepsOfWorld, settings.Target, _generator.Split($"method {index}")))).ToArray();
        var free = new AdamW(spread.Parameters(), trial.LearningRate, new AdamWOptions { WeightDecay = 0 });
        _parts = [("policy", _policy, optimizers[0]), ("value", _value, optimizers[1]), ("spread", spread, free)];
        _agent = new PpoAgent(settings.Ppo, _policy, _value, spread, (optimizers[0], optimizers[1], free), example.ObservationSize);
    }

    /// <summary>Runs a trial on the crawler.</summary>
    internal static JsonObject Run(ReinforcementTrial trial, CellContext context) => Run(trial, (friction, gravity) => new Crawler(friction, gravity), context);

    /// <summary>Runs a trial on any environment, made for a friction and a gravity.</summary>
    internal static JsonObject Run(ReinforcementTrial trial, Func<double, double, ControlEnvironment> world, CellContext context) =>
        new ReinforcementRun(trial, world).Run(context);

    /// <summary>The friction and gravity of a world.</summary>
    internal static (double Friction, double Gravity) WorldOf(ReinforcementSettings settings, int seed, int index)
    {
        // The first world is the ordinary one.
        double share = new Philox((ulong)seed).Split("worlds").Split(index).NextDouble();
        return index == 0 ? (1, 9.81)
            : settings.Changes == "friction" ? (0.1 * Math.Pow(20, share), 9.81)
            : (1, 4 * Math.Pow(5, share));
    }

    private JsonObject Run(CellContext context)
    {
        var record = Resume(context.Work);
        for (int index = record["worlds"].Count; index < _trial.Worlds; index++)
        {
            var (friction, gravity) = WorldOf(_trial.Settings, _trial.Seed, index);
            ControlEnvironment[] environments = [.. Enumerable.Range(0, _trial.Settings.Episodes).Select(_ => _world(friction, gravity))];
            try
            {
                Live(record, index, environments, context);
            }
            finally
            {
                foreach (var environment in environments)
                    environment.Dispose();
            }

            record["worlds"].Add(_trial.Settings.Changes == "friction" ? friction : gravity);
            Save(context.Work, record);
        }

        return record.ToJson();
    }

    private void Live(RunRecord record, int index, ControlEnvironment[] environments, CellContext context)
    {
        var snapshots = _parts.Select(part => new RunSnapshot(part.Model, part.Optimizer)).ToArray();
        double[] scale = [.. _agent.Scale.State];
        var generator = _generator.Split("life").Split(index);
        for (int iteration = 0; iteration < _trial.Settings.Iterations; iteration++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            try
            {
                record["returns"].Add(_agent.Iterate(environments, generator.Split(iteration)));
                foreach (var part in _parts)
                    part.Optimizer.CheckParameters();
            }
            catch (NonFiniteException error)
            {
                record.Fail(index, error);
                while (record["returns"].Count < (index + 1) * _trial.Settings.Iterations)
                    record["returns"].Add(record["returns"].LastOrDefault());
                foreach (var snapshot in snapshots)
                    snapshot.Restore();
                _agent.Scale.Load(scale);
                break;
            }

            context.Report((index + ((iteration + 1.0) / _trial.Settings.Iterations)) / _trial.Worlds);
        }

        foreach (var part in _parts)
            part.Optimizer.ZeroGrad();
        using var probe = _agent.Probe(environments, generator.Split("probe"), Probe).Keep();
        record.Diagnose(_policy, probe);
    }

    private RunRecord Resume(RunPart work)
    {
        var record = new RunRecord("world", "returns", "worlds", "nonFiniteWorlds");
        // The spread is written last, so what it has, the others have.
        if (Checkpoints(work, _parts[^1].Name).LoadLatest(_parts[^1].Model, _parts[^1].Optimizer) is not { Extra: { } extra } last)
            return record;
        foreach (var (name, model, optimizer) in _parts.SkipLast(1))
            Checkpoints(work, name).Load(last.Step, model, optimizer);
        _agent.Scale.Load(extra.GetProperty("scale").Deserialize<double[]>()!);
        return record.From(extra.GetProperty("record"));
    }

    private static RunCheckpoints Checkpoints(RunPart work, string name) => work.Checkpoints(keep: 2, name);

    private void Save(RunPart work, RunRecord record)
    {
        if (record["worlds"].Count == _trial.Worlds)
            return;
        var extra = new JsonObject { ["record"] = record.ToJson(), ["scale"] = CellResult.Json(_agent.Scale.State) };
        foreach (var (name, model, optimizer) in _parts)
            Checkpoints(work, name).Save(record["worlds"].Count, model, optimizer, _generator.State, extra);
    }

    private static Sequential Network(ReinforcementSettings settings, ContinualMethod method, int inputs, int outputs, double headGain) => new(
    [
        .. ContinualNetwork.Hidden(method, inputs, settings.Width, 2, settings.Target),
        new Linear(settings.Width, outputs, initializer: new OrthogonalInitializer(headGain)),
    ]);
}

/// <summary>One run of one method through changing worlds. The seed decides worlds, starts, the networks' start, the order of batches, and actions.</summary>
internal sealed record ReinforcementTrial(ReinforcementSettings Settings, ContinualMethod Method, double LearningRate, int Worlds, int Seed);
