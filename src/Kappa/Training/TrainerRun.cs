using System.Diagnostics;
using System.Text.Json;
using Kappa.Checkpoints;
using Kappa.Networks;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Training;

/// <summary>One training on its way: the loop, and what is due between its steps.</summary>
internal sealed class TrainerRun
{
    private static readonly TimeSpan BetweenReports = TimeSpan.FromSeconds(0.2);

    private readonly Trainer _trainer;
    private readonly TrainerOptions _options;
    private readonly IBatchSource _training;
    private readonly IEnumerable<Batch>? _validation;
    private readonly CancellationToken _cancellation;
    private readonly List<TrainingRecord> _history = [];
    private readonly Pace _pace, _whole;
    private readonly TrainerIdentity _identity;
    private readonly long _steps, _evaluateEvery, _start;
    private readonly double _secondsBefore;
    private readonly TrainingLoop _loop;
    private StateDict? _best;
    private long _savedStep = -1, _reported;
    private double _waited, _waitedOf, _secondsSeen;
    private bool _isChecked;

    internal TrainerRun(Trainer trainer, TrainerOptions options, IBatchSource training, IEnumerable<Batch>? validation, CancellationToken cancellation)
    {
        (_trainer, _options, _training, _validation, _cancellation) = (trainer, options, training, validation, cancellation);
        double perEpoch = training.BatchesPerEpoch / (double)options.Accumulate;
        _steps = options.Steps ?? Math.Max(1, (long)Math.Ceiling(options.Epochs!.Value * perEpoch));
        _evaluateEvery = options.EvaluateEvery ?? Math.Max(1, (long)Math.Ceiling(perEpoch));
        _identity = new TrainerIdentity(
            options.Objective.Name, training.BatchSize, options.Accumulate, trainer.Optimizer.LearningRate, options.Monitor?.Name ?? "loss", _evaluateEvery);
        // The time that is left has evaluations in it.
        (_pace, _whole) = (new Pace(options.Clock), new Pace(options.Clock, TimeSpan.FromMinutes(10)));
        _start = options.Clock.GetTimestamp();
        var state = options.Folder is null ? null : Open(options.Folder);
        _loop = new TrainingLoop([trainer.Optimizer], Losses)
        {
            State = state?.Loop ?? new LoopState(0, 0, 0, 0),
            BeforeUpdate = RequireTraining,
            AfterStep = AfterStep,
            Interrupted = Save,
        };
        (_secondsBefore, _secondsSeen) = (state?.Seconds ?? 0, _loop.Seconds);
        _history.AddRange(state?.History ?? []);
        if (state is not null)
            training.Position = state.Position;
    }

    private string BestFolder => Path.Combine(_options.Folder!, "best");

    private string LastFolder => Path.Combine(_options.Folder!, "last");

    private bool HigherIsBetter => _options.Monitor?.HigherIsBetter ?? false;

    private TrainingRecord? Best => _history.LastOrDefault(record => record.IsBest);

    private bool IsEvaluated => _history.Count > 0 && _history[^1].Step == _loop.Step;

    private int SinceBest => _history.Count - 1 - _history.FindLastIndex(record => record.IsBest);

    private bool IsPatienceOver => _options.Patience is { } patience && _history.Count > 0 && SinceBest >= patience;

    private double Epoch => _loop.Step * (double)_options.Accumulate / _training.BatchesPerEpoch;

    private double Rate => _trainer.Optimizer.LearningRate * (_trainer.Optimizer.Schedule?.Factor(Math.Max(0, _loop.Step - 1)) ?? 1);

    private double Seconds => _secondsBefore + _options.Clock.GetElapsedTime(_start).TotalSeconds;

    internal TrainingOutcome Fit()
    {
        _trainer.Model.Train();
        foreach (var callback in _options.Callbacks)
            callback.Started(_trainer);
        try
        {
            if (_loop.Step > 0 && _loop.Step % _evaluateEvery == 0 && !IsEvaluated)
            {
                // It was stopped in the midst of that.
                Evaluate();
                _savedStep = -1;
                Save();
            }
            _loop.Run(() => _loop.Step >= _steps || IsPatienceOver || _trainer.IsStopped, _cancellation);
        }
        catch (OperationCanceledException)
        {
            // Also where it was stopped while waiting for data, or in the midst of an evaluation, which is then made.
            Save();
            throw;
        }
        if (!IsEvaluated)
            Evaluate();
        Save();
        if (_options.RestoreBest)
            Restore();
        _trainer.Model.Eval();
        var end = _loop.Step >= _steps ? TrainingEnd.Finished : IsPatienceOver ? TrainingEnd.StoppedEarly : TrainingEnd.Stopped;
        var outcome = new TrainingOutcome(end, _loop.Step, Best!, [.. _history], DataWait);
        foreach (var callback in _options.Callbacks)
            callback.Ended(_trainer, outcome);
        return outcome;
    }

    private double DataWait => _waitedOf > 0 ? _waited / _waitedOf : 0;

    private TrainerState? Open(string folder)
    {
        Checkpoint.Recover(LastFolder);
        Checkpoint.Recover(BestFolder);
        if (Checkpoint.Steps(LastFolder) is not { Count: > 0 } steps)
            return null;
        if (!_options.Resume)
        {
            throw new InvalidOperationException(
                $"the folder {folder} holds a training at step {steps[^1]}: set TrainerOptions.Resume to go on with it, or give another folder");
        }
        var checkpoint = Checkpoint.LoadLatest(LastFolder, _trainer.Model, _trainer.Optimizer)!;
        var state = checkpoint.Extra?.Deserialize(TrainerJson.Default.TrainerState)
            is { Position: not null, Loop: not null, Given: not null, History: not null } read
            ? read
            : throw new InvalidOperationException($"{checkpoint.FolderPath} is no checkpoint of a Trainer: what it adds is missing");
        if (_identity.DifferenceFrom(state.Given) is { } difference)
        {
            throw new InvalidOperationException(
                $"the training in {folder} cannot go on with other settings: {difference}. Give them as they were, or another folder");
        }
        if (ComputeInstructions.DifferenceFrom(checkpoint.Instructions) is { } instructions)
            Warnings.Say(instructions);
        _savedStep = checkpoint.Step;
        // A better one, which a killed process had come to after this checkpoint, is come to again.
        long best = state.History.LastOrDefault(record => record.IsBest)?.Step ?? -1;
        foreach (var (step, path) in CheckpointFolders.List(Path.GetFullPath(BestFolder)).Where(entry => entry.Step != best))
            CheckpointFolders.Delete(path);
        return state;
    }

    /// <summary>The losses of the batches of one step.</summary>
    private IEnumerable<Tensor> Losses()
    {
        var device = _trainer.Model.Device;
        for (int i = 0; i < _options.Accumulate; i++)
        {
            long start = Stopwatch.GetTimestamp();
            // A step that has begun is finished: dropout has drawn masks, which a resume would draw again.
            var (inputs, targets) = _training.Next(i == 0 ? _cancellation : CancellationToken.None).On(device);
            _waited += Stopwatch.GetElapsedTime(start).TotalSeconds;
            var outputs = _trainer.Model.Forward(inputs);
            if (!_isChecked)
                RequireScores(outputs);
            var loss = _options.Objective.Of(outputs, targets);
            yield return _options.Accumulate == 1 ? loss : loss * (1.0 / _options.Accumulate);
        }
    }

    private void AfterStep()
    {
        _waitedOf += _loop.Seconds - _secondsSeen;
        _secondsSeen = _loop.Seconds;
        foreach (var callback in _options.Callbacks)
            callback.StepTaken(_trainer, _loop.Step, _loop.LastLoss!.Value);
        if (_loop.Step % _evaluateEvery == 0 || _loop.Step == _steps)
        {
            Evaluate();
            Save();
        }
        else
        {
            Report(null, isEvaluating: false);
        }
    }

    private void Evaluate()
    {
        Report(null, isEvaluating: true);
        double? validation = _validation is null ? null : _trainer.Evaluate(_validation, _cancellation);
        _trainer.Model.Train();
        double? training = _loop.TakeMeanLoss();
        double figure = _options.Monitor?.Value ?? validation ?? training
            ?? throw new InvalidOperationException("the training was stopped before its first step, so that there is nothing to measure");
        double least = _options.LeastImprovement;
        bool isBest = Best is not { } best || (HigherIsBetter ? figure > best.Figure + least : figure < best.Figure - least);
        var record = new TrainingRecord(
            _loop.Step, Epoch, training, validation, Defined(), figure, isBest,
            Rate, _trainer.Optimizer.LastGradientNorm, Seconds);
        _history.Add(record);
        if (isBest)
            Remember();
        Report(record, isEvaluating: false);
        _pace.Skip(_loop.Step);
        _whole.Report(_loop.Step);
        foreach (var callback in _options.Callbacks)
            callback.Evaluated(_trainer, record);
    }

    private Dictionary<string, double> Defined() => _validation is null ? [] : _options.Metrics.Where(metric => metric.Undefined is null)
        .DistinctBy(metric => metric.Name).ToDictionary(metric => metric.Name, metric => metric.Value);

    /// <summary>Keeps the best parameters: in the folder, or else in memory.</summary>
    private void Remember()
    {
        if (_options.Folder is not null)
            SaveTo(BestFolder, keep: 2);
        else if (_options.RestoreBest)
            (_best ??= _trainer.Model.StateDict().Copy()).CopyFrom(_trainer.Model.StateDict());
    }

    private void Restore()
    {
        if (_options.Folder is not null)
            _ = Checkpoint.Load(Checkpoint.FolderOf(BestFolder, Best!.Step), _trainer.Model, null);
        else
            _trainer.Model.LoadStateDict(_best!);
    }

    private void Save()
    {
        if (_options.Folder is null || _savedStep == _loop.Step)
            return;
        SaveTo(LastFolder, keep: 1);
        _savedStep = _loop.Step;
    }

    private void SaveTo(string folder, int keep)
    {
        var state = new TrainerState(_training.Position, _loop.State, _identity, _history, Seconds);
        _ = Checkpoint.Save(
            folder, _loop.Step, _trainer.Model, _trainer.Optimizer, new Philox(0).State,
            JsonSerializer.SerializeToElement(state, TrainerJson.Default.TrainerState), keep);
    }

    private void Report(TrainingRecord? record, bool isEvaluating)
    {
        if (_options.Progress is not { } progress)
            return;
        if (record is null && _options.Clock.GetElapsedTime(_reported) < BetweenReports)
            return;
        _reported = _options.Clock.GetTimestamp();
        if (!isEvaluating && record is null)
        {
            _pace.Report(_loop.Step);
            _whole.Report(_loop.Step);
        }
        double? perSecond = _pace.PerSecond * _training.BatchSize * _options.Accumulate;
        double? left = _whole.SecondsLeft(_steps);
        progress.Report(new TrainerProgress(_loop.Step, _steps, Epoch, _loop.RecentLoss, perSecond, left, DataWait, record, isEvaluating));
    }

    private void RequireTraining()
    {
        if (_options.Guards && !_trainer.Model.Training)
        {
            throw new InvalidOperationException(
                "the model is in evaluation mode while it is trained: dropout draws no masks, and batch normalisation learns nothing. "
                + "Something called Eval() on the way, such as a callback: call Train() after it, or switch TrainerOptions.Guards off");
        }
    }

    /// <summary>The first outputs of a model whose loss takes scores: rows that all sum to one, and are not all the same, are probabilities.</summary>
    private void RequireScores(Tensor outputs)
    {
        _isChecked = true;
        if (!_options.Guards || !_options.Objective.TakesLogits || outputs.Rank < 2 || outputs.Shape[-1] < 2)
            return;
        int classes = outputs.Shape[-1], rows = outputs.Count / classes;
        bool isVaried = false;
        outputs = outputs.OnHost();
        for (int row = 0; row < rows; row++)
        {
            double sum = 0;
            for (int i = 0; i < classes; i++)
            {
                double value = outputs.ElementAsDouble((row * classes) + i);
                if (value is < 0 or > 1)
                    return;
                sum += value;
                isVaried |= value != outputs.ElementAsDouble(i);
            }
            if (Math.Abs(sum - 1) > 1e-4)
                return;
        }
        if (isVaried)
        {
            throw new InvalidOperationException(
                $"the model's outputs {outputs.Shape} are probabilities: every row sums to 1. {_options.Objective.Name} takes the scores before the "
                + "softmax, and applies it itself: leave the softmax at the model's end out, or switch TrainerOptions.Guards off");
        }
    }
}
