using System.Text.Json;
using Kappa.Isometry;
using Kappa.Lab.Data;
using Kappa.Lab.Runs;
using Kappa.Lab.Settings;
using Kappa.Lab.Studies.Compare;
using Kappa.Lab.Tasks.Supervised;
using Kappa.Networks;
using Kappa.Optimizers;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Lab.Studies.Train;

/// <summary>What changes while a run goes on.</summary>
internal sealed class TrainingRun : IDisposable
{
    private const int KeptCheckpoints = 2;
    private const double LossMemory = 0.98;
    private const int DiagnosedExamples = 128;

    private readonly TrainingFolder _folder;
    private readonly Philox _generator;
    private readonly TimeProvider _clock;
    private readonly double _secondsBefore;
    private readonly double _processorSecondsBefore;
    private readonly TrainingDiagnostics? _diagnostics;
    private readonly long _start;
    private readonly TimeSpan _processorStart;
    private double _lossSum;
    private int _lossCount;
    private long _savedStep = -1;

    internal TrainingRun(TrainingConfig config, TrainingData data, TrainingFolder folder, TimeProvider clock, LearningRateSchedule? schedule, Action<string>? onWarning)
    {
        (_folder, _clock) = (folder, clock);
        _generator = new Philox((ulong)config.Seed);
        Model = config.Model.Kind.Create(config.Model.Settings, data.Training.InputShape, data.OutputSize, _generator.Split("initialization"));
        Optimizer = MakeOptimizer(config, Model, _generator.Split("remedy"), onWarning);
        Optimizer.Schedule = schedule;
        Optimizer.MaxGradientNorm = config.MaxGradientNorm;
        var checkpoint = Checkpoint.LoadLatest(folder.CheckpointsFolder, Model, Optimizer);
        var state = checkpoint is null ? null : ReadState(checkpoint);
        if (ComputeInstructions.DifferenceFrom(checkpoint?.Instructions) is { } difference)
            onWarning?.Invoke(difference);
        Step = (int)(checkpoint?.Step ?? 0);
        Log = MetricsLog.Open(folder.MetricsFile, state?.MetricsLines ?? 0) ?? throw new IOException(
            $"{folder.MetricsFile}: expected the {state!.MetricsLines} lines that the checkpoint of step {Step} counts on; it has fewer. Put the file back, or start the run over with --force");
        try
        {
            var position = state?.Data ?? new BatchPosition(_generator.Split("data").NextUInt64(), 0, 0, data.Training.Count);
            Batches = new BatchSource(data.Training, Math.Min(config.BatchSize, data.Training.Count), position, PartialBatch.Drop);
        }
        catch (ArgumentException error)
        {
            Log.Dispose();
            throw new ConfigException($"data: it is not the data that the run began with: {error.Message.Split(" (Parameter", 2)[0]}");
        }
        if (state is not null)
        {
            (_lossSum, _lossCount, _secondsBefore, _processorSecondsBefore, _savedStep) = (state.LossSum, state.LossCount, state.Seconds, state.ProcessorSeconds, Step);
        }
        if (config.Diagnostics is { } interval)
            _diagnostics = new TrainingDiagnostics(Model, data.DiagnosticInputs(DiagnosedExamples), new DiagnosticsOptions { Observe = Observe.Every(interval) });
        _start = clock.GetTimestamp();
        _processorStart = Environment.CpuUsage.TotalTime;
    }

    internal Module Model { get; }

    internal Optimizer Optimizer { get; }

    internal BatchSource Batches { get; }

    internal MetricsLog Log { get; }

    internal int Step { get; private set; }

    /// <summary>A running mean of the training loss.</summary>
    internal double? RecentLoss { get; private set; }

    internal double? LastMetric { get; private set; }

    internal double Seconds => _secondsBefore + _clock.GetElapsedTime(_start).TotalSeconds;

    internal double ProcessorSeconds => _processorSecondsBefore + (Environment.CpuUsage.TotalTime - _processorStart).TotalSeconds;

    internal long ParameterCount => Model.Parameters().Sum(parameter => (long)parameter.Tensor.Count);

    internal void TakeStep(TrainingData data)
    {
        var batch = Batches.Next();
        using var scope = TensorScope.Begin();
        var loss = data.Loss(Model, batch);
        double value = loss.ToDouble();
        if (!double.IsFinite(value))
            throw new NonFiniteException($"the training loss is {value}");
        loss.Backward();
        _diagnostics?.BeforeStep(Step);
        Optimizer.Step();
        Optimizer.ZeroGrad();
        Step++;
        RecentLoss = RecentLoss is { } recent ? (LossMemory * recent) + ((1 - LossMemory) * value) : value;
        _lossSum += value;
        _lossCount++;
    }

    internal void Append(TrainingData data, Evaluation evaluation)
    {
        double? rate = Step == 0 ? null : Optimizer.LearningRate * (Optimizer.Schedule?.Factor(Step - 1) ?? 1);
        bool isText = data.Tokenizer is not null;
        Log.Append(
            new TrainingLine(
                Step,
                _lossCount == 0 ? null : _lossSum / _lossCount,
                evaluation.Loss,
                isText ? evaluation.Metric : null,
                isText ? null : evaluation.Metric,
                Step == 0 ? null : Optimizer.LastGradientNorm,
                rate,
                Math.Round(Seconds, 3)),
            LabJson.Default.TrainingLine);
        (_lossSum, _lossCount, LastMetric) = (0, 0, evaluation.Metric);
    }

    /// <summary>Measures how well the model is conditioned, where it is time to.</summary>
    internal void Diagnose()
    {
        if (_diagnostics?.AfterStep(Step) is { } record)
            Log.Append(new TrainingLine(Step, null, null, null, null, null, null, Math.Round(Seconds, 3), record), LabJson.Default.TrainingLine);
    }

    /// <summary>Writes a checkpoint, unless that of this step is there.</summary>
    internal void Save()
    {
        if (_savedStep == Step)
            return;
        Log.FlushToDisk();
        var state = new TrainingState(Batches.Position, Log.Lines, _lossSum, _lossCount, Seconds, ProcessorSeconds);
        var extra = JsonSerializer.SerializeToElement(state, LabJson.Default.TrainingState);
        _ = Checkpoint.Save(_folder.CheckpointsFolder, Step, Model, Optimizer, _generator.State, extra, KeptCheckpoints);
        _savedStep = Step;
    }

    private static Optimizer MakeOptimizer(TrainingConfig config, Module model, Philox generator, Action<string>? onWarning)
    {
        try
        {
            return config.Optimizer.Create(model, config.LearningRate, generator, onWarning);
        }
        catch (ConfigException error)
        {
            throw new ConfigException($"optimizer: {error.Message}");
        }
    }

    private static TrainingState ReadState(Checkpoint checkpoint)
    {
        string file = Path.Combine(checkpoint.FolderPath, "state.json");
        try
        {
            return checkpoint.Extra?.Deserialize(LabJson.Default.TrainingState) is { Data: not null } state
                ? state
                : throw new JsonException("it says nothing of the place in the data");
        }
        catch (JsonException error)
        {
            throw new IOException(
                $"{file}: expected the \"extra\" that kappa train writes: {error.Message.TrimEnd('.')}. "
                + "Delete the folder of this checkpoint to resume from the one before", error);
        }
    }

    public void Dispose()
    {
        Log.Dispose();
        Batches.Dispose();
        (Optimizer as IDisposable)?.Dispose();
    }
}
