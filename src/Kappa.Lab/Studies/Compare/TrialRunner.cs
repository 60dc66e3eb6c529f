using System.Diagnostics;
using System.Security.Cryptography;

namespace Kappa.Lab.Studies.Compare;

/// <summary>Trains and deploys one trial, from its last checkpoint on where there is one.</summary>
internal sealed class TrialRunner(PreparedTask task, ComparisonConfig config, Trial trial, TrialFolder folder, IProgress<TrialProgress>? progress)
{
    private static readonly long ReportTicks = Stopwatch.Frequency / 10;

    private readonly string _identity = IdentityOf(task, config, trial);
    private long _reported;
    private (long Step, double Loss) _validated = (-1, double.NaN);
    private bool _owesEvaluation;

    /// <summary>The result of an earlier run of the same trial, or null.</summary>
    internal TrialResult? Finished() => folder.ReadResult(_identity) is { } result ? result with { Optimizer = trial.Optimizer.Label } : null;

    /// <summary>Makes model and optimizer once, so that what does not fit is found before anything runs.</summary>
    internal void Check() => (Create(new Philox((ulong)trial.Seed)).Optimizer as IDisposable)?.Dispose();

    /// <summary>Runs the trial to its end.</summary>
    /// <exception cref="OperationCanceledException">Cancelled, after a checkpoint.</exception>
    internal TrialResult Run(CancellationToken cancellation)
    {
        if (Finished() is { } finished)
        {
            WarnOf(finished.Instructions);
            return finished;
        }
        var generator = new Philox((ulong)trial.Seed);
        var (model, optimizer) = Create(generator);
        using var disposed = optimizer as IDisposable;
        var state = Resume(model, optimizer);
        if (state is null)
            folder.Begin();
        using var log = MetricsLog.Open(folder.MetricsFile, state?.Metrics);
        var loop = Loop(model, optimizer, log, state, generator, cancellation);
        TrialResult result;
        try
        {
            // Where it goes on from: what was done before tells nothing of the pace.
            Report(loop, RunPhase.Training);
            if (loop.Step == 0 && log.Lines == 0)
                Evaluate(loop, model, optimizer, log, cancellation);
            else if (state is { OwesEvaluation: true })
            {
                EvaluateOrOwe(loop, model, optimizer, log, generator, cancellation);
                Save(loop, model, optimizer, log, generator);
            }
            loop.Run(trial.Optimizer.Steps, cancellation);
            result = Deploy(loop, model, log, cancellation);
        }
        catch (NonFiniteException error)
        {
            result = ResultOf(loop, log) with { Diverged = error.Message };
        }
        log.FlushToDisk();
        folder.WriteResult(result);
        progress?.Report(new TrialProgress(trial, RunPhase.Finished, result.Steps, loop.LastLoss, result));
        return result;
    }

    private static string IdentityOf(PreparedTask task, ComparisonConfig config, Trial trial)
    {
        var data = task.Identity.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => $"\n{entry.Key} {entry.Value}");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(trial.IdentityIn(config) + string.Concat(data))));
    }

    private (Module Model, Optimizer Optimizer) Create(Philox generator)
    {
        var model = task.CreateModel(trial.Optimizer.Model ?? config.Model, generator.Split("initialization"));
        if (trial.Optimizer.Whiten)
        {
            model = new TransformedModel(
                task.CreateWhitening() ?? throw new ConfigException($"whiten: the inputs of {config.Task.Name} cannot be whitened; leave it out"), model);
        }
        model = model.To(config.Compute.Open());
        var optimizer = trial.Optimizer.Create(model, trial.LearningRate, generator.Split("remedy"), Warn);
        optimizer.Schedule = config.Schedule.Over(trial.Optimizer.Steps);
        optimizer.MaxGradientNorm = config.MaxGradientNorm;
        return (model, optimizer);
    }

    /// <summary>Where the trial stood; null where it has no checkpoint, or that of another config, which is begun anew.</summary>
    /// <exception cref="IOException">The checkpoint is damaged.</exception>
    private TrialState? Resume(Module model, Optimizer optimizer)
    {
        if (ReadState() is not { } state || state.Identity != _identity)
            return null;
        WarnOf(folder.Checkpoints.LoadLatest(model, optimizer)!.Instructions);
        return state;
    }

    private TrialState? ReadState()
    {
        if (folder.Checkpoints.ReadExtra() is not { } extra)
            return null;
        try
        {
            return extra.Deserialize<TrialState>(RunJson.Exact) is { Identity: not null, Metrics: not null, Loop: not null } state
                ? state
                : throw new JsonException("it says nothing of where the trial stood");
        }
        catch (JsonException error)
        {
            throw new DamagedFileException(
                folder.Checkpoints.FolderPath, $"expected checkpoints with the \"extra\" that kappa compare writes: {error.Message}",
                "Delete the folder and resume: the trial is trained again", error);
        }
    }

    private TrainingLoop Loop(Module model, Optimizer optimizer, MetricsLog log, TrialState? state, Philox generator, CancellationToken cancellation)
    {
        int steps = trial.Optimizer.Steps, batchSize = config.BatchSize == 0 ? task.TrainingCount : config.BatchSize;
        var order = new BatchOrder(task.TrainingCount, batchSize, generator.Split("data"));
        TrainingLoop loop = null!;
        return loop = new TrainingLoop(optimizer, () => task.TrainingLoss(model, order.Of((int)loop.Step), loop.Step))
        {
            State = state?.Loop ?? new LoopState(0, 0, 0, 0),
            AfterStep = () =>
            {
                bool isLast = loop.Step == steps;
                if (isLast || loop.Step % config.EvaluateEvery == 0)
                    EvaluateOrOwe(loop, model, optimizer, log, generator, cancellation);
                if (isLast || loop.Step % config.CheckpointEvery == 0)
                    Save(loop, model, optimizer, log, generator);
                Report(loop, RunPhase.Training);
            },
            Interrupted = () => Save(loop, model, optimizer, log, generator),
        };
    }

    /// <summary>Evaluates after a step; where it is stopped in the midst of that, a checkpoint says so.</summary>
    private void EvaluateOrOwe(
        TrainingLoop loop, Module model, Optimizer optimizer, MetricsLog log, Philox generator, CancellationToken cancellation)
    {
        try
        {
            Evaluate(loop, model, optimizer, log, cancellation);
        }
        catch (OperationCanceledException)
        {
            _owesEvaluation = true;
            Save(loop, model, optimizer, log, generator);
            throw;
        }
    }

    private void Evaluate(TrainingLoop loop, Module model, Optimizer optimizer, MetricsLog log, CancellationToken cancellation)
    {
        double loss = ValidationLoss(model, cancellation);
        _validated = (loop.Step, loss);
        double? rate = loop.Step == 0 ? null : trial.LearningRate * (optimizer.Schedule?.Factor(loop.Step - 1) ?? 1);
        double? norm = loop.Step == 0 ? null : optimizer.LastGradientNorm;
        log.Append(new MetricsLine((int)loop.Step, loop.TakeMeanLoss(), loss, norm, rate, Math.Round(loop.Seconds, 4)));
    }

    private double ValidationLoss(Module model, CancellationToken cancellation)
    {
        using var scope = TensorScope.Begin();
        using var quiet = NoGradient.Begin();
        double loss = task.ValidationLoss(model, cancellation);
        return double.IsFinite(loss) ? loss : throw new NonFiniteException($"the validation loss is {loss}");
    }

    private void Save(TrainingLoop loop, Module model, Optimizer optimizer, MetricsLog log, Philox generator)
    {
        log.FlushToDisk();
        folder.Checkpoints.Save(loop.Step, model, optimizer, generator.State, new TrialState(_identity, log.Mark, loop.State, _owesEvaluation));
    }

    private TrialResult Deploy(TrainingLoop loop, Module model, MetricsLog log, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        Report(loop, RunPhase.Deploying);
        // Known, unless the trial was stopped after its last checkpoint.
        double loss = _validated.Step == loop.Step ? _validated.Loss : ValidationLoss(model, cancellation);
        using var scope = TensorScope.Begin();
        model.Eval();
        var heldOut = task.HeldOutFigures(model, cancellation);
        using var quiet = NoGradient.Begin();
        var deployment = task.Deploy(model, cancellation);
        if (!double.IsFinite(deployment.Metric))
            throw new NonFiniteException($"{task.MetricName} is {deployment.Metric} when the trained model is deployed");
        return ResultOf(loop, log) with
        {
            ValidationLoss = loss,
            Metric = deployment.Metric,
            Curves = deployment.Curves,
            Scalars = heldOut.Count == 0 ? deployment.Scalars : deployment.Scalars.Concat(heldOut).ToDictionary(),
            Pictures = deployment.Pictures.Count == 0 ? null : deployment.Pictures,
        };
    }

    private TrialResult ResultOf(TrainingLoop loop, MetricsLog log) => new()
    {
        Optimizer = trial.Optimizer.Label,
        LearningRate = trial.LearningRate,
        Seed = trial.Seed,
        Steps = (int)loop.Step,
        SecondsPerStep = loop.Step == 0 ? 0 : loop.Seconds / loop.Step,
        Identity = _identity,
        Instructions = ComputeInstructions.Selected,
        Metrics = log.Mark,
    };

    private void Report(TrainingLoop loop, RunPhase phase)
    {
        long now = Stopwatch.GetTimestamp();
        if (progress is null || (phase == RunPhase.Training && now - _reported < ReportTicks))
            return;
        _reported = now;
        progress.Report(new TrialProgress(trial, phase, (int)loop.Step, loop.LastLoss, null));
    }

    private void Warn(string warning) => progress?.Report(new TrialProgress(trial, RunPhase.Training, 0, null, null, warning));

    /// <summary>Says when a trial was computed, wholly or in part, with other vector instructions than this process has.</summary>
    private void WarnOf(string? instructions)
    {
        if (ComputeInstructions.DifferenceFrom(instructions) is { } difference)
            Warn(difference);
    }
}
