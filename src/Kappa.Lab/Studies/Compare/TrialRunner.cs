using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Kappa.Lab.Data;
using Kappa.Lab.Runs;
using Kappa.Lab.Settings;
using Kappa.Lab.Tasks;
using Kappa.Lab.Tasks.Models;
using Kappa.Networks;
using Kappa.Optimizers;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Lab.Studies.Compare;

/// <summary>Trains and deploys one trial, from its last checkpoint on where there is one.</summary>
internal sealed class TrialRunner
{
    private static readonly long ReportTicks = Stopwatch.Frequency / 10;

    private readonly PreparedTask _task;
    private readonly ComparisonConfig _config;
    private readonly Trial _trial;
    private readonly TrialFiles _files;
    private readonly string _identity;
    private readonly IProgress<TrialProgress>? _progress;
    private long _reported;

    internal TrialRunner(PreparedTask task, ComparisonConfig config, Trial trial, string folder, IProgress<TrialProgress>? progress)
    {
        (_task, _config, _trial, _files, _progress) = (task, config, trial, new TrialFiles(folder), progress);
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(trial.IdentityIn(config)));
        _identity = Convert.ToHexStringLower(hash);
    }

    /// <summary>The result of an earlier run of the same trial, or null.</summary>
    internal TrialResult? Finished() => _files.ReadResult(_identity) is { } result ? result with { Optimizer = _trial.Optimizer.Label } : null;

    /// <summary>Makes model and optimizer once, so that what does not fit is found before anything runs.</summary>
    internal void Check()
    {
        var (_, optimizer) = Create(new Philox((ulong)_trial.Seed));
        (optimizer as IDisposable)?.Dispose();
    }

    /// <summary>Runs the trial to its end.</summary>
    /// <exception cref="OperationCanceledException">Cancelled, after a checkpoint.</exception>
    internal TrialResult Run(CancellationToken cancellation)
    {
        if (Finished() is { } finished)
        {
            WarnOf(finished.Instructions);
            return finished;
        }
        var generator = new Philox((ulong)_trial.Seed);
        _ = Directory.CreateDirectory(_files.Folder);
        using var run = Resume(generator) ?? Start(generator);
        TrialResult result;
        try
        {
            Train(run, generator.Split("data"), cancellation);
            result = Deploy(run, cancellation);
        }
        catch (NonFiniteException error)
        {
            result = ResultOf(run) with { Diverged = error.Message };
        }
        _files.WriteResult(result);
        _progress?.Report(new TrialProgress(_trial, TrialPhase.Finished, result.Steps, run.LastLoss, result));
        return result;
    }

    private Module CreateModel(Philox generator)
    {
        var model = _task.CreateModel(_trial.Optimizer.Model ?? _config.Model, generator);
        if (!_trial.Optimizer.Whiten)
            return model;
        var whitening = _task.CreateWhitening() ?? throw new ConfigException(
            $"whiten: the inputs of {_config.Task.Name} cannot be whitened; leave it out");
        return new TransformedModel(whitening, model);
    }

    private TrialRun? Resume(Philox generator)
    {
        var (model, optimizer) = Create(generator);
        return TrialCheckpoint.TryLoad(_files.Checkpoints, _identity, model, optimizer) is { } state
            && MetricsLog.Open(_files.Metrics, state.MetricsLines) is { } log
            ? Resumed(new TrialRun(model, optimizer, log, state), state)
            : null;
    }

    private TrialRun Resumed(TrialRun run, TrialState state)
    {
        WarnOf(state.Instructions);
        return run;
    }

    /// <summary>Says when a trial was computed, wholly or in part, with other vector instructions than this process has.</summary>
    private void WarnOf(string? instructions)
    {
        if (ComputeInstructions.DifferenceFrom(instructions) is { } difference)
            _progress?.Report(new TrialProgress(_trial, TrialPhase.Training, 0, null, null, difference));
    }

    private TrialRun Start(Philox generator)
    {
        _files.Clear();
        var (model, optimizer) = Create(generator);
        return new TrialRun(model, optimizer, MetricsLog.Open(_files.Metrics, 0)!, new TrialState(_identity, 0, 0, 0, 0, 0));
    }

    private (Module Model, Optimizer Optimizer) Create(Philox generator)
    {
        var model = CreateModel(generator.Split("initialization"));
        var optimizer = _trial.Optimizer.Create(
            model,
            _trial.LearningRate,
            generator.Split("remedy"),
            warning => _progress?.Report(new TrialProgress(_trial, TrialPhase.Training, 0, null, null, warning)));
        optimizer.Schedule = _config.Schedule.Over(_trial.Optimizer.Steps);
        optimizer.MaxGradientNorm = _config.MaxGradientNorm;
        return (model, optimizer);
    }

    private void Train(TrialRun run, Philox dataGenerator, CancellationToken cancellation)
    {
        int steps = _trial.Optimizer.Steps;
        int batchSize = _config.BatchSize == 0 ? _task.TrainingCount : _config.BatchSize;
        var order = new BatchOrder(_task.TrainingCount, batchSize, dataGenerator);
        if (run.Step == 0 && run.Log.Lines == 0)
            Evaluate(run);
        while (run.Step < steps)
        {
            if (cancellation.IsCancellationRequested)
            {
                Save(run);
                cancellation.ThrowIfCancellationRequested();
            }
            Step(run, order.Of(run.Step));
            bool isLast = run.Step == steps;
            if (isLast || run.Step % _config.EvaluateEvery == 0)
                Evaluate(run);
            if (isLast || run.Step % _config.CheckpointEvery == 0)
                Save(run);
            Report(run, TrialPhase.Training);
        }
    }

    private void Step(TrialRun run, ReadOnlySpan<int> examples)
    {
        long start = Stopwatch.GetTimestamp();
        using (TensorScope.Begin())
        {
            var loss = _task.TrainingLoss(run.Model, examples);
            loss.Backward();
            run.Optimizer.Step();
            run.Optimizer.ZeroGrad();
            run.CountStep(loss.ToDouble());
        }
        run.Seconds += Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private void Evaluate(TrialRun run)
    {
        double loss = ValidationLoss(run.Model);
        double? rate = run.Step == 0 ? null : _trial.LearningRate * (run.Optimizer.Schedule?.Factor(run.Step - 1) ?? 1);
        run.Log.Append(new MetricsLine(
            run.Step, run.TakeMeanLoss(), loss, run.Step == 0 ? null : run.Optimizer.LastGradientNorm, rate, Math.Round(run.Seconds, 4)));
        run.ValidationLoss = loss;
    }

    private double ValidationLoss(Module model)
    {
        using var scope = TensorScope.Begin();
        using var quiet = NoGradient.Begin();
        double loss = _task.ValidationLoss(model);
        return double.IsFinite(loss) ? loss : throw new NonFiniteException($"the validation loss is {loss}");
    }

    private void Save(TrialRun run)
    {
        run.Log.FlushToDisk();
        TrialCheckpoint.Save(_files.Checkpoints, run.Model, run.Optimizer, run.State(_identity));
    }

    private TrialResult Deploy(TrialRun run, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        Report(run, TrialPhase.Deploying);
        double loss = run.ValidationLoss ?? ValidationLoss(run.Model);
        using var scope = TensorScope.Begin();
        using var quiet = NoGradient.Begin();
        run.Model.Eval();
        var deployment = _task.Deploy(run.Model, cancellation);
        if (!double.IsFinite(deployment.Metric))
            throw new NonFiniteException($"{_task.MetricName} is {deployment.Metric} when the trained model is deployed");
        return ResultOf(run) with
        {
            ValidationLoss = loss,
            Metric = deployment.Metric,
            Curves = deployment.Curves,
            Scalars = deployment.Scalars,
        };
    }

    private TrialResult ResultOf(TrialRun run) => new()
    {
        Optimizer = _trial.Optimizer.Label,
        LearningRate = _trial.LearningRate,
        Seed = _trial.Seed,
        Steps = run.Step,
        SecondsPerStep = run.Step == 0 ? 0 : run.Seconds / run.Step,
        Identity = _identity,
        Instructions = ComputeInstructions.Selected,
    };

    private void Report(TrialRun run, TrialPhase phase)
    {
        long now = Stopwatch.GetTimestamp();
        if (_progress is null || (phase == TrialPhase.Training && now - _reported < ReportTicks))
            return;
        _reported = now;
        _progress.Report(new TrialProgress(_trial, phase, run.Step, run.LastLoss, null));
    }
}
