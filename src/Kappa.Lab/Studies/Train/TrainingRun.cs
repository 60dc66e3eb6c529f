using System.Diagnostics;
using Kappa.Pieces;

namespace Kappa.Lab.Studies.Train;

/// <summary>One training on its way: the loop, and what is due between its steps.</summary>
internal sealed class TrainingRun : IDisposable
{
    private const int Evaluations = 20;
    private const int Checkpoints = 10;
    private static readonly TimeSpan BetweenReports = TimeSpan.FromSeconds(0.2);

    /// <summary>The time that is left has evaluations in it, which are far between.</summary>
    private static readonly TimeSpan WholeWindow = TimeSpan.FromMinutes(10);


    private readonly TrainingConfig _config;
    private readonly TrainingData _data;
    private readonly TrainingFolder _folder;
    private readonly TrainingBudget _budget;
    private readonly Module _model;
    private readonly Optimizer _optimizer;
    private readonly Philox _generator;
    private readonly TimeProvider _clock;
    private readonly IProgress<TrainingProgress>? _progress;
    private readonly SharedWarnings _warnings;
    private readonly BatchPieces? _pieces;
    private readonly TrainingDiagnostics? _diagnostics;
    private readonly BatchSource _source;
    private readonly IBatchSource _batches;
    private readonly TrainingLog _log;
    private readonly TrainingLoop _loop;
    private readonly Pace _pace, _sharePace;
    private readonly TrainingState? _resumed;
    private readonly long _start;
    private readonly TimeSpan _processorStart;
    private double _share, _waited;
    private double? _lastMetric;
    private long _savedStep = -1;
    private long? _reportedAt;
    private bool _owesEvaluation;
    private BestMark? _best;
    private int _sinceBest;
    private CancellationToken _cancellation;

    internal TrainingRun(
        TrainingConfig config, TrainingData data, TrainingFolder folder, TrainingBudget budget, Module model, Optimizer optimizer, Philox generator,
        TimeProvider clock, IProgress<TrainingProgress>? progress, SharedWarnings warnings, IProcessGroup processes)
    {
        (_config, _data, _folder, _budget, _model, _optimizer) = (config, data, folder, budget, model, optimizer);
        (_generator, _clock, _progress, _pace, _sharePace) = (generator, clock, progress, new Pace(clock), new Pace(clock, WholeWindow));
        _warnings = warnings;
        // The first process tidies up before the others read, and writes the next only when all have read.
        if (processes.Rank > 0)
            processes.Barrier();
        var checkpoint = folder.Checkpoints.LoadLatest(model, optimizer);
        if (processes.Rank == 0)
            processes.Barrier();
        processes.Barrier();
        _resumed = checkpoint is null ? null : ReadState(checkpoint);
        if (ComputeInstructions.DifferenceFrom(checkpoint?.Instructions) is { } difference)
            warnings.Add(difference);
        _log = folder.OpenMetrics(_resumed?.Metrics, clock.GetUtcNow().AddSeconds(-(_resumed?.Seconds ?? 0)));
        try
        {
            var position = _resumed?.Data ?? new BatchPosition(generator.Split("data").NextUInt64(), 0, 0, data.Training.Count);
            _pieces = config.Pieces is { } count ? new BatchPieces(count, processes, model) : null;
            _source = new BatchSource(data.Varied, Math.Min(config.BatchSize, data.Training.Count), position, PartialBatch.Drop)
            {
                Part = _pieces?.RowsOf(config.BatchSize),
            };
            _batches = data.IsLazy ? new PrefetchedBatches(_source) : _source;
        }
        catch (ArgumentException error) when (error.ParamName is "processes" or "count")
        {
            _log.Dispose();
            throw new ConfigException(error.Message.Split(" (Parameter", 2)[0]);
        }
        catch (ArgumentException error)
        {
            _log.Dispose();
            throw new ConfigException($"data: it is not the data that the run began with: {error.Message.Split(" (Parameter", 2)[0]}");
        }
        (_savedStep, _best, _sinceBest, _waited) = (checkpoint?.Step ?? -1, _resumed?.Best, _resumed?.SinceBest ?? 0, _resumed?.WaitedSeconds ?? 0);
        folder.KeepBest(_best?.Step);
        if (config.Diagnostics is { } interval)
            _diagnostics = new TrainingDiagnostics(
                model, data.DiagnosticInputs(data.UsualDiagnosticInputs).On(model.Device), new DiagnosticsOptions { Observe = Observe.Every(interval) });
        try
        {
            _loop = new TrainingLoop(optimizer, NextBatch, batch => data.Loss(model, batch), _pieces)
            {
                State = _resumed?.Loop ?? new LoopState(0, 0, 0, 0),
                BeforeUpdate = () => _diagnostics?.BeforeStep((int)_loop!.Step),
                AfterStep = AfterStep,
                Interrupted = Save,
            };
        }
        catch (ArgumentException error)
        {
            Dispose();
            throw new ConfigException($"pieces: {error.Message.Split(" (Parameter", 2)[0]}");
        }
        _start = clock.GetTimestamp();
        _processorStart = Environment.CpuUsage.TotalTime;
    }

    internal long Step => _loop.Step;

    /// <summary>Bytes that a process sent in a step, in the mean over all.</summary>
    internal double BytesPerStep => _pieces?.BytesSent ?? 0;

    /// <summary>Where the config was changed on the way.</summary>
    internal IReadOnlyList<Amendment> Amendments { get; init; } = [];

    private double Seconds => (_resumed?.Seconds ?? 0) + _clock.GetElapsedTime(_start).TotalSeconds;

    /// <summary>Where the clock ends the run, that of the first process, so that all end at one step.</summary>
    private double SharedSeconds => _pieces is not null && _config.Minutes is not null ? _pieces.OfFirst(Seconds) : Seconds;

    private double ProcessorSeconds => (_resumed?.ProcessorSeconds ?? 0) + (Environment.CpuUsage.TotalTime - _processorStart).TotalSeconds;

    private double DataWait => _loop.Seconds > 0 ? Math.Min(1, _waited / _loop.Seconds) : 0;

    /// <summary>Trains to the end, or up to a step.</summary>
    internal void Train(CancellationToken cancellation, long until = long.MaxValue)
    {
        // A process of several stops between steps, where all do; see TrainingLoop.
        _cancellation = _pieces is null ? cancellation : CancellationToken.None;
        _share = _budget.Share((int)Step, SharedSeconds);
        for (int i = _resumed?.Amendments ?? 0; i < Amendments.Count; i++)
            _log.Append(Line() with { Amended = Amendments[i].Changes });
        if (Step == 0 && _log.Lines == 0)
        {
            Evaluate(_cancellation);
            Diagnose();
        }
        else if (_resumed is { OwesEvaluation: true })
        {
            EvaluateOrOwe();
            (_owesEvaluation, _savedStep) = (false, -1);
            Save();
        }
        try
        {
            _loop.Run(() => _share >= 1 || Step >= until || _sinceBest >= _config.Patience, cancellation);
        }
        catch (OperationCanceledException)
        {
            // Also where it was stopped while the order of an epoch was drawn.
            Save();
            throw;
        }
        Save();
    }

    internal TrainingResult Finish(CancellationToken cancellation)
    {
        double seconds = Seconds, processorSeconds = ProcessorSeconds;
        Report(RunPhase.Evaluating);
        _folder.KeepBest(_best?.Step);
        if (_best is { } best && best.Step != Step)
            _folder.Best.Load(best.Step, _model, null);
        var evaluation = _data.Evaluate(_model, 0, cancellation);
        long examples = Step * _batches.BatchSize;
        var shifts = MeasureShifted(cancellation);
        var result = new TrainingResult(
            (int)Step, _model.Parameters().Sum(parameter => (long)parameter.Tensor.Count), examples / _data.ExamplesPerEpoch,
            examples * _data.UnitsPerExample, evaluation.Loss, _data.MetricName, evaluation.Metric, seconds, processorSeconds,
            ComputeInstructions.Selected, _log.Mark, Amendments.Count)
        {
            Best = _best,
            StoppedEarly = _share < 1,
            DataWait = DataWait,
            Shifts = shifts,
            Figures = evaluation.Figures,
            Confusion = evaluation.Confusion is { } matrix ? ConfusionCounts.Of(matrix) : null,
        };
        _folder.WriteResult(result);
        Report(RunPhase.Finished);
        return result;
    }

    /// <summary>Measures the model where inputs differ, and tells the metrics.</summary>
    private List<ShiftedFigures>? MeasureShifted(CancellationToken cancellation)
    {
        List<ShiftedFigures> all = [];
        foreach (var shift in _config.Shifts)
        {
            string name = Setting.NameOf(shift.Shift.ToString());
            foreach (double strength in shift.Strengths)
            {
                var shifted = _data.Shifted(shift, strength, out var missing);
                var lacking = missing.Count > 0 ? missing : null;
                try
                {
                    var measured = shifted.Evaluate(_model, 0, cancellation);
                    all.Add(new ShiftedFigures(name, strength, lacking, measured.Loss, measured.Metric, measured.Figures));
                }
                catch (NonFiniteException)
                {
                    // Such inputs say nothing of the training, which did not diverge.
                    all.Add(new ShiftedFigures(name, strength, lacking, null, null, new Dictionary<string, double>()));
                }
            }
        }
        if (all.Count == 0)
            return null;
        _log.Append(Line() with { Shifts = all });
        return all;
    }

    private Batch NextBatch()
    {
        long start = Stopwatch.GetTimestamp();
        var batch = _batches.Next(_cancellation);
        _waited += Stopwatch.GetElapsedTime(start).TotalSeconds;
        return batch;
    }

    private void AfterStep()
    {
        double before = _share;
        _share = _budget.Share((int)Step, SharedSeconds);
        // First, since the weights of before the step, which it compares with, are gone after a stop in the midst of an evaluation.
        Diagnose();
        if (IsDue(_config.EvaluateEvery, Evaluations, before))
            EvaluateOrOwe();
        if (IsDue(_config.CheckpointEvery, Checkpoints, before))
            Save();
        Report(RunPhase.Training);
    }

    /// <summary>Whether the step is one of every so many, or the first after a mark of the run.</summary>
    private bool IsDue(int? every, int marks, double before) => _share >= 1
        || (every is { } count ? Step % count == 0 : Math.Floor(marks * _share) > Math.Floor(marks * before));

    /// <summary>Evaluates after a step; where it is stopped in the midst of that, a checkpoint says so.</summary>
    private void EvaluateOrOwe()
    {
        try
        {
            Evaluate(_cancellation);
        }
        catch (OperationCanceledException)
        {
            _owesEvaluation = true;
            Save();
            throw;
        }
    }

    private void Evaluate(CancellationToken cancellation)
    {
        Report(RunPhase.Evaluating);
        _warnings.Tell();
        var evaluation = _data.Evaluate(_model, _config.ValidationExamples, cancellation);
        double? rate = Step == 0 ? null : _optimizer.LearningRate * (_optimizer.Schedule?.Factor(Step - 1) ?? 1);
        bool isText = _data.Tokenizer is not null, isClasses = _data.Objective.Targets == TargetKind.Classes;
        _log.Append(Line() with
        {
            TrainingLoss = _loop.TakeMeanLoss(),
            ValidationLoss = evaluation.Loss,
            BitsPerCharacter = isText ? evaluation.Metric : null,
            Accuracy = isText || !isClasses ? null : evaluation.Metric,
            Figures = isClasses ? null : evaluation.Figures,
            GradientNorm = Step == 0 ? null : _optimizer.LastGradientNorm,
            LearningRate = rate,
        });
        _lastMetric = evaluation.Metric;
        if (_config.KeepBest == true)
            Compare(evaluation);
        _pace.Skip(Step);
    }

    /// <summary>Keeps the model where it is the best so far.</summary>
    private void Compare(Evaluation evaluation)
    {
        bool isMetric = _config.Monitor == "metric";
        double figure = isMetric ? evaluation.Metric : evaluation.Loss;
        _sinceBest++;
        if (_best is { } best && (isMetric && _data.HigherIsBetter ? figure <= best.Figure : figure >= best.Figure))
            return;
        (_best, _sinceBest) = (new BestMark((int)Step, figure), 0);
        _pieces?.GatherState(_optimizer);
        _folder.Best.Save(Step, _model, _optimizer, _generator.State, _best);
    }

    /// <summary>Measures how well the model is conditioned, where it is time to.</summary>
    private void Diagnose()
    {
        if (_diagnostics?.AfterStep((int)Step) is { } record)
            _log.Append(Line() with { Diagnostics = record });
    }

    private TrainingLine Line() => new((int)Step, null, null, null, null, null, null, Math.Round(Seconds, 3))
    {
        // Whoever looks at the folder alone cannot tell.
        AllSteps = _config.Epochs is null ? null : _budget.Steps,
    };

    /// <summary>Writes a checkpoint, unless that of this step is there.</summary>
    private void Save()
    {
        if (_savedStep == Step)
            return;
        _warnings.Tell();
        _log.FlushToDisk();
        _pieces?.GatherState(_optimizer);
        var state = new TrainingState(
            _batches.Position, _log.Mark, _loop.State, Seconds, ProcessorSeconds, Amendments.Count, _best, _sinceBest, _owesEvaluation,
            _waited);
        _folder.Checkpoints.Save(Step, _model, _optimizer, _generator.State, state);
        _savedStep = Step;
    }

    private void Report(RunPhase phase)
    {
        if (_progress is null || (phase == RunPhase.Training && _reportedAt is { } before && _clock.GetElapsedTime(before) < BetweenReports))
            return;
        // For the first time after the first step, which also compiles, and says nothing of the pace.
        if (phase == RunPhase.Training)
        {
            _pace.Report(Step);
            _sharePace.Report(_share);
        }
        _reportedAt = phase == RunPhase.Training ? _clock.GetTimestamp() : null;
        double units = (_pace.PerSecond ?? 0) * _batches.BatchSize * _data.UnitsPerExample;
        _progress.Report(new TrainingProgress(phase, (int)Step, _share, _loop.RecentLoss, _lastMetric, units, _sharePace.SecondsLeft(1), DataWait));
    }

    private static TrainingState ReadState(Checkpoint checkpoint)
    {
        try
        {
            return checkpoint.Extra?.Deserialize<TrainingState>(RunJson.Exact) is { Data: not null, Metrics: not null, Loop: not null } state
                ? state
                : throw new JsonException("it says nothing of the place in the data");
        }
        catch (JsonException error)
        {
            throw new DamagedFileException(
                Path.Combine(checkpoint.FolderPath, "state.json"), $"expected the \"extra\" that kappa train writes: {error.Message}",
                "Delete the folder of this checkpoint to resume from the one before", error);
        }
    }

    public void Dispose()
    {
        _log.Dispose();
        (_batches as PrefetchedBatches)?.Dispose();
        _source.Dispose();
        _pieces?.Dispose();
        (_optimizer as IDisposable)?.Dispose();
    }
}
