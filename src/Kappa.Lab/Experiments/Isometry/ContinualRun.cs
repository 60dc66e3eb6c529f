namespace Kappa.Lab.Experiments.Isometry;

/// <summary>Trains one network on one task after another, and measures.</summary>
/// <remarks>A task in which a number is not finite is recorded, and network and optimizer go back to where they stood when it began; the next tasks go on from
/// there, and the steps that were not taken count as wrong answers. Checkpoints are written between tasks, so that an interrupted run goes on to the same
/// bits.</remarks>
internal sealed class ContinualRun
{
    private const int EvaluationBatch = 500;
    private const int ProbeExamples = 256;
    private readonly ContinualTrial _trial;
    private readonly ContinualSettings _settings;
    private readonly TaskSequence _tasks;
    private readonly Sequential _model;
    private readonly Optimizer _optimizer;
    private readonly Philox _order;

    private ContinualRun(ContinualTrial trial, PictureSamples samples, ComputeSettings compute)
    {
        (_trial, _settings) = (trial, trial.Settings);
        var generator = new Philox((ulong)trial.Seed);
        _tasks = new TaskSequence(trial.Kind, samples, generator.Split("tasks"));
        _order = generator.Split("order");
        _model = ContinualNetwork.Make(_settings, trial.Method, samples.Pixels);
        _ = _model.Initialize(generator.Split("network")).To(compute.Open());
        int stepsPerTask = _settings.Epochs * ((_settings.Examples + _settings.BatchSize - 1) / _settings.BatchSize);
        _optimizer = trial.Method.Optimize(
            new MethodContext(_model, trial.LearningRate, trial.Strength, stepsPerTask, _settings.Target, generator.Split("method")));
    }

    /// <summary>Runs a trial on pictures of its data set.</summary>
    internal static RunRecord Run(ContinualTrial trial, CellContext context) =>
        Run(trial, PictureSamples.Load(trial.Settings, new Philox((ulong)trial.Seed).Split("pictures")), context);

    /// <summary>Runs a trial on given pictures.</summary>
    internal static RunRecord Run(ContinualTrial trial, PictureSamples samples, CellContext context) =>
        new ContinualRun(trial, samples, context.Compute).Run(context);

    private RunRecord Run(CellContext context)
    {
        var checkpoints = context.Work.Checkpoints(keep: 1);
        var checkpoint = checkpoints.LoadLatest(_model, _optimizer);
        var record = new RunRecord("task", "finalAccuracy", "onlineAccuracy", "testAccuracy", "diagnosedAt", "nonFiniteTasks");
        if (checkpoint?.Extra is { } extra)
            _ = record.From(extra);
        for (int index = (int)(checkpoint?.Step ?? 0); index < _trial.Tasks; index++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            using var task = _tasks[index];
            Measure(record, index, task, context.Cancellation);
            context.Report((index + 1.0) / _trial.Tasks);
            if ((index + 1) % _settings.SaveEvery == 0 && index + 1 < _trial.Tasks)
                checkpoints.Save(index + 1, _model, _optimizer, _order.State, record.ToJson());
        }

        return record;
    }

    private void Measure(RunRecord record, int index, ContinualTask task, CancellationToken cancellation)
    {
        var start = new RunSnapshot(_model, _optimizer);
        int correct = 0;
        try
        {
            Train(task, _order.Split(index), right => correct += right, cancellation);
            _optimizer.CheckParameters();
        }
        catch (NonFiniteException error)
        {
            record.Fail(index, error);
            start.Restore();
        }

        _optimizer.ZeroGrad();
        record["onlineAccuracy"].Add(correct / ((double)_settings.Epochs * task.Count));
        record["finalAccuracy"].Add(Accuracy(record, index, task.Inputs, task.Labels));
        record["testAccuracy"].Add(task.TestInputs is null ? double.NaN : Accuracy(record, index, task.TestInputs, task.TestLabels!));
        if ((index + 1) % _settings.DiagnoseEvery == 0 || index == 0)
        {
            using var scope = TensorScope.Begin();
            record["diagnosedAt"].Add(index + 1);
            record.Diagnose(_model, Shaped(task.Inputs.Slice(0, 0, Math.Min(ProbeExamples, task.Count))).On(_model.Device));
        }
    }

    private void Train(ContinualTask task, Philox order, Action<int> answered, CancellationToken cancellation)
    {
        var batches = new RowBatches(task.Count, _settings.BatchSize, order.Split, PartialBatch.Keep);
        var loop = new TrainingLoop(_optimizer, () =>
        {
            var rows = batches.Next();
            var indices = Tensor.From(rows, [rows.Length]);
            var labels = task.Labels.Gather(indices);
            var logits = _model.ForwardThere(Shaped(task.Inputs.Gather(indices)));
            answered(Classification.CountRight(logits.On(Device.Cpu), labels));
            return Loss.CrossEntropy(logits, labels.On(logits.Device));
        });
        loop.Run((long)_settings.Epochs * batches.PerEpoch, cancellation);
    }

    /// <summary>The share of right answers; none where an output is not finite, which is recorded.</summary>
    private double Accuracy(RunRecord record, int index, Tensor inputs, Tensor labels)
    {
        using var outside = NoGradient.Begin();
        int correct = 0;
        try
        {
            for (int start = 0; start < labels.Count; start += EvaluationBatch)
            {
                using var scope = TensorScope.Begin();
                int count = Math.Min(EvaluationBatch, labels.Count - start);
                correct += Classification.CountRight(_model.ForwardToHost(Shaped(inputs.Slice(0, start, count))), labels.Slice(0, start, count));
            }
        }
        catch (NonFiniteException error)
        {
            record.Fail(index, error);
            return 0;
        }

        return (double)correct / labels.Count;
    }

    private Tensor Shaped(Tensor pictures)
    {
        if (_settings.Network != "conv")
            return pictures;
        int side = (int)Math.Sqrt(pictures.Shape[1]);
        return pictures.Reshape([pictures.Shape[0], 1, side, side]);
    }
}

/// <summary>One run of one method over a sequence of tasks. The seed decides pictures, tasks, the network's start and the order of batches, for every method
/// alike.</summary>
internal sealed record ContinualTrial(
    TaskKind Kind, ContinualSettings Settings, ContinualMethod Method, double LearningRate, double Strength, int Tasks, int Seed);
