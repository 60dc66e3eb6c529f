using System.Diagnostics;
using Kappa.Lab.Settings;
using Kappa.Lab.Statistics;
using Kappa.Lab.Tasks.Supervised;
using Kappa.Tensors;

namespace Kappa.Lab.Studies.Train;

/// <summary>Trains one model, from its last checkpoint on where there is one.</summary>
/// <remarks>A run of a number of steps or epochs gives the same bits whether or not it was interrupted; one of a number of minutes follows the clock.</remarks>
public sealed class TrainingRunner
{
    private const int Evaluations = 20;
    private const int Checkpoints = 10;
    private static readonly long ReportTicks = Stopwatch.Frequency / 5;

    private readonly TrainingConfig _config;
    private readonly TrainingFolder _folder;
    private readonly TimeProvider _clock;
    private readonly TrainingBudget _budget;
    private long _reportedAt;
    private int _reportedStep;
    private double _shareAtStart;
    private double _secondsAtStart;
    private double _unitsPerSecond;

    /// <summary>Makes a runner.</summary>
    /// <param name="config">What to run.</param>
    /// <param name="data">Its data, from <see cref="LoadData"/>.</param>
    /// <param name="folder">Where to.</param>
    /// <param name="clock">What tells the time.</param>
    /// <exception cref="ConfigException">The data shows the config to be wrong.</exception>
    public TrainingRunner(TrainingConfig config, TrainingData data, TrainingFolder folder, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(clock);
        (_config, Data, _folder, _clock) = (config, data, folder, clock);
        if (config.BatchSize > data.Training.Count)
            throw new ConfigException($"batchSize: expected at most the {data.Training.Count} training examples of {config.Data.Name}; got {config.BatchSize}");
        _budget = new TrainingBudget(config, data);
    }

    /// <summary>The data.</summary>
    public TrainingData Data { get; }

    /// <summary>Takes what the optimizer warns of, such as a gradient that it leaves as it is; null drops it.</summary>
    public Action<string>? OnWarning { get; init; }

    /// <summary>Reads the data of a run; the tokenizer of text is taken from the folder, or made and put there.</summary>
    /// <param name="config">The config.</param>
    /// <param name="folder">The folder.</param>
    /// <exception cref="IOException">A file is missing or damaged; the message names the command that installs it.</exception>
    public static TrainingData LoadData(TrainingConfig config, TrainingFolder folder)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(folder);
        var (network, data) = (config.Model.Kind, config.Data.Kind);
        return data.Load(config.Data.Settings, new DataRequest(network.ContextLength(config.Model.Settings), network.TakesVectors, folder.TokenizerFile));
    }

    /// <summary>Runs to the end.</summary>
    /// <param name="progress">Takes where the run stands, on this thread; may be null.</param>
    /// <param name="cancellation">Stops: a checkpoint is written first.</param>
    /// <returns>What it ended with.</returns>
    /// <exception cref="OperationCanceledException">Cancelled, after a checkpoint.</exception>
    /// <exception cref="NonFiniteException">The training diverged; the message names the step and the way out.</exception>
    public TrainingResult Run(IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        if (_folder.ReadResult() is { } finished)
            return finished;
        using var run = new TrainingRun(_config, Data, _folder, _clock, _budget.Schedule, OnWarning);
        try
        {
            Train(run, progress, cancellation);
            return Finish(run, progress, cancellation);
        }
        catch (NonFiniteException error)
        {
            string rate = Figures.Rate(_config.LearningRate);
            throw new NonFiniteException(
                $"step {run.Step + 1} at learning rate {rate}: {error.Message}. The last checkpoint in {_folder.CheckpointsFolder} is from before. "
                + "Lower optimizer.learningRate, set maxGradientNorm (1 is usual), or lengthen schedule.warmup");
        }
    }

    private void Train(TrainingRun run, IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        double share = _budget.Share(run.Step, run.Seconds);
        (_shareAtStart, _secondsAtStart, _reportedStep, _reportedAt) = (share, run.Seconds, run.Step, Stopwatch.GetTimestamp());
        if (run.Step == 0 && run.Log.Lines == 0)
        {
            Evaluate(run, share, progress);
            run.Diagnose();
        }
        while (share < 1)
        {
            if (cancellation.IsCancellationRequested)
            {
                run.Save();
                cancellation.ThrowIfCancellationRequested();
            }
            run.TakeStep(Data);
            double before = share;
            share = _budget.Share(run.Step, run.Seconds);
            if (IsDue(_config.EvaluateEvery, Evaluations, run.Step, before, share))
                Evaluate(run, share, progress);
            run.Diagnose();
            if (IsDue(_config.CheckpointEvery, Checkpoints, run.Step, before, share))
                run.Save();
            Report(run, TrainingPhase.Training, share, progress);
        }
        run.Save();
    }

    private TrainingResult Finish(TrainingRun run, IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        double seconds = run.Seconds, processorSeconds = run.ProcessorSeconds;
        Report(run, TrainingPhase.Evaluating, 1, progress);
        var evaluation = Data.Evaluate(run.Model, 0, cancellation);
        long examples = (long)run.Step * run.Batches.BatchSize;
        var result = new TrainingResult(
            run.Step, run.ParameterCount, examples / Data.ExamplesPerEpoch, examples * Data.UnitsPerExample, evaluation.Loss, Data.MetricName,
            evaluation.Metric, seconds, processorSeconds, ComputeInstructions.Selected);
        _folder.WriteResult(result);
        Report(run, TrainingPhase.Finished, 1, progress);
        return result;
    }

    /// <summary>Whether a step is one of every so many, or the first after a mark of the run.</summary>
    private static bool IsDue(int? every, int marks, int step, double before, double share) => share >= 1
        || (every is { } count ? step % count == 0 : Math.Floor(marks * share) > Math.Floor(marks * before));

    private void Evaluate(TrainingRun run, double share, IProgress<TrainingProgress>? progress)
    {
        Report(run, TrainingPhase.Evaluating, share, progress);
        run.Append(Data, Data.Evaluate(run.Model, _config.ValidationExamples));
        // The pace is that of steps alone.
        (_reportedAt, _reportedStep) = (Stopwatch.GetTimestamp(), run.Step);
    }

    private void Report(TrainingRun run, TrainingPhase phase, double share, IProgress<TrainingProgress>? progress)
    {
        long now = Stopwatch.GetTimestamp();
        if (progress is null || (phase == TrainingPhase.Training && now - _reportedAt < ReportTicks))
            return;
        if (run.Step > _reportedStep)
        {
            double pace = (run.Step - _reportedStep) * (double)run.Batches.BatchSize * Data.UnitsPerExample * Stopwatch.Frequency / (now - _reportedAt);
            _unitsPerSecond = _unitsPerSecond == 0 ? pace : (0.9 * _unitsPerSecond) + (0.1 * pace);
            (_reportedAt, _reportedStep) = (now, run.Step);
        }
        double done = share - _shareAtStart;
        double? left = done > 0.001 ? (run.Seconds - _secondsAtStart) / done * (1 - share) : null;
        progress.Report(new TrainingProgress(phase, run.Step, share, run.RecentLoss, run.LastMetric, _unitsPerSecond, left));
    }
}
