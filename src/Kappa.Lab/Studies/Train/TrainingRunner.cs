using Kappa.Pieces;

namespace Kappa.Lab.Studies.Train;

/// <summary>Trains one model, from its last checkpoint on where there is one.</summary>
/// <remarks>A run of a number of steps or epochs gives the same bits whether or not it was interrupted; one of a number of minutes follows the clock.</remarks>
public sealed class TrainingRunner
{
    private readonly TrainingConfig _config;
    private readonly TimeProvider _clock;
    private readonly TrainingBudget _budget;
    private readonly Philox _generator;
    private readonly Module _model;

    /// <summary>Makes a runner, and with it model and optimizer once, so that what does not fit is found before anything runs.</summary>
    /// <param name="config">What to run.</param>
    /// <param name="data">Its data, from <see cref="LoadData"/>.</param>
    /// <param name="clock">What tells the time.</param>
    /// <exception cref="ConfigException">The data shows the config to be wrong.</exception>
    public TrainingRunner(TrainingConfig config, TrainingData data, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(clock);
        (_config, Data, _clock) = (config, data, clock);
        if (config.BatchSize > data.Training.Count)
            throw new ConfigException($"batchSize: expected at most the {data.Training.Count} training examples of {config.Data.Name}; got {config.BatchSize}");
        RequireColumns(config, data);
        _budget = new TrainingBudget(config, data);
        _generator = new Philox((ulong)config.Seed);
        _model = config.Model.Kind.Create(config.Model.Settings, data.Training.InputShape, data.OutputSize, _generator.Split("initialization"))
            .To(config.Compute.Open());
        var optimizer = MakeOptimizer(null);
        using var disposed = optimizer as IDisposable;
        try
        {
            if (config.Pieces is not null)
                BatchPieces.RequireSummable(optimizer);
        }
        catch (ArgumentException error)
        {
            throw new ConfigException($"pieces: {error.Message}");
        }
    }

    /// <summary>The data.</summary>
    public TrainingData Data { get; }

    /// <summary>Steps of the whole training.</summary>
    internal long Steps => _budget.Steps ?? throw new InvalidOperationException("the clock ends this training");

    /// <summary>Takes what the optimizer warns of, such as a gradient that it leaves as it is, of all processes; null drops it. Those of other processes come
    /// with the next evaluation or checkpoint.</summary>
    public Action<string>? OnWarning { get; init; }

    /// <summary>The processes that train together, of which the first writes: by <see cref="Run(RunFolder, IProgress{TrainingProgress}?, CancellationToken)"/>,
    /// and the others by <see cref="Join"/>.</summary>
    public IProcessGroup Processes { get; init; } = new SoleProcess();

    /// <summary>Whether TensorBoard's event file is written into the run's folder, beside the metrics. One that is there already goes on.</summary>
    public bool WritesEvents { get; init; }

    /// <summary>Bytes that a process sent to others in a step, in the mean over all of them.</summary>
    public double BytesPerStep { get; private set; }

    /// <summary>Reads the data of a run; the tokenizer of text is taken from the folder, or made and put there.</summary>
    /// <param name="config">The config.</param>
    /// <param name="run">The folder.</param>
    /// <param name="progress">Hears how much of files of one's own is read, on whichever thread reads; null for nobody.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <exception cref="IOException">A file is missing or damaged; the message names the command that installs it.</exception>
    public static TrainingData LoadData(
        TrainingConfig config, RunPart run, IProgress<DataProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(run);
        var (network, data) = (config.Model.Kind, config.Data.Kind);
        return data.Load(
            config.Data.Settings,
            new DataRequest(network.ContextLength(config.Model.Settings), network.TakesVectors, run.PathOf(RunPaths.TokenizerName))
            {
                Cancellation = cancellation, EncoderFile = run.PathOf(RunPaths.EncoderName), Progress = progress,
            });
    }

    /// <summary>Trains a model in a folder, or goes on with it where it was begun there.</summary>
    /// <param name="config">What to run.</param>
    /// <param name="path">The folder.</param>
    /// <param name="progress">Takes where the run stands; may be null.</param>
    /// <param name="cancellation">Stops: a checkpoint is written first.</param>
    /// <exception cref="RunFolderException">The folder holds another run.</exception>
    public static TrainingResult Run(TrainingConfig config, string path, IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(config);
        var request = new RunRequest(TrainingFolder.Kind, config.Name, SettingsOf<TrainingConfig>.Write(config)) { Path = path };
        using var run = RunFolder.Open(request with { Mode = RunPaths.HoldsRun(path) ? RunFolderMode.Resume : RunFolderMode.Fresh });
        return new TrainingRunner(config, LoadData(config, run, null, cancellation), TimeProvider.System).Run(run, progress, cancellation);
    }

    /// <summary>The data of a run that exists, whose tokenizer or encoder is checked and never made anew.</summary>
    internal static TrainingData OpenData(TrainingConfig config, ModelOpener opener)
    {
        if (config.Model.Kind.IsForText)
            _ = opener.Checked(RunPaths.TokenizerName);
        if (config.Data.Kind is TableDataKind)
            _ = opener.Checked(RunPaths.EncoderName);
        return LoadData(config, opener.Run);
    }

    /// <summary>The contents that a run is trained on, as hashes by name or path: the data set, and the tokenizer of text.</summary>
    /// <param name="config">The config.</param>
    /// <param name="data">Its data.</param>
    /// <param name="run">The folder, which holds the tokenizer of text.</param>
    public static IReadOnlyDictionary<string, string> IdentityOf(TrainingConfig config, TrainingData data, RunPart run)
    {
        string name = config.Data.Kind.PathOf(config.Data.Settings) ?? config.Data.Name;
        // The files of a package are checked against their hashes whenever they are read.
        string? pinned = DataCatalog.All.FirstOrDefault(package => package.Name == config.Data.Name)?.Fingerprint;
        var identity = new Dictionary<string, string> { [name] = pinned ?? data.Fingerprint };
        foreach (string made in new[] { RunPaths.TokenizerName, RunPaths.EncoderName }.Where(made => File.Exists(run.PathOf(made))))
            identity[made] = FileHash.Of(run.PathOf(made));
        return identity;
    }

    /// <summary>Begins the run of a folder, or goes on with it, and runs it to the end.</summary>
    /// <param name="run">The folder, opened.</param>
    /// <param name="progress">Takes where the run stands, on this thread; may be null.</param>
    /// <param name="cancellation">Stops: a checkpoint is written first.</param>
    /// <returns>What it ended with.</returns>
    /// <exception cref="OperationCanceledException">Cancelled, after a checkpoint.</exception>
    /// <exception cref="NonFiniteException">The training diverged; the message names the step and the way out.</exception>
    /// <exception cref="RunFolderException">The data is not that which the run began with.</exception>
    /// <exception cref="IOException">A file is damaged, or cannot be written.</exception>
    public TrainingResult Run(RunFolder run, IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(run);
        RequireAgreement(run);
        run.Begin(IdentityOf(_config, Data, run), new TrainingFolder(run).Checkpoints.LatestStep ?? 0);
        var folder = new TrainingFolder(run) { WritesEvents = WritesEvents };
        if (folder.ReadResult() is { } finished && run.Manifest.Amendments.Count == finished.Amendments)
        {
            folder.WriteEvents(folder.ReadMetrics(), _clock.GetUtcNow());
            _ = Processes.Gather([]);
            return finished;
        }
        // Where it is now: a run that took the place of another has moved.
        _ = Processes.Gather(JsonSerializer.SerializeToUtf8Bytes(new Place(run.FolderPath, [.. run.Manifest.Amendments]), RunJson.Exact));
        var warnings = new SharedWarnings(Processes, OnWarning);
        using var listening = warnings.Listen();
        using var training = new TrainingRun(
            _config, Data, folder, _budget, _model, MakeOptimizer(OnWarning is null ? null : warnings.Add), _generator, _clock, progress, warnings, Processes)
        {
            Amendments = run.Manifest.Amendments,
        };
        Train(training, folder, cancellation);
        return training.Finish(cancellation);
    }

    /// <summary>Trains together with the first process, which writes the run.</summary>
    /// <param name="run">The folder that the first process has opened.</param>
    /// <param name="cancellation">Stops all processes.</param>
    /// <exception cref="OperationCanceledException">Cancelled, after the first process wrote a checkpoint.</exception>
    /// <exception cref="NonFiniteException">The training diverged; the message names the step and the way out.</exception>
    /// <exception cref="RunFolderException">The processes were started with different configs, data or versions.</exception>
    public void Join(RunPart run, CancellationToken cancellation)
    {
        RequireAgreement(run);
        byte[] said = Processes.Gather([])[0];
        if (said.Length == 0)
            return;
        var place = JsonSerializer.Deserialize<Place>(said, RunJson.Exact)!;
        var folder = new TrainingFolder(new RunPart(place.Folder), isWritten: false);
        var warnings = new SharedWarnings(Processes, null);
        using var listening = warnings.Listen();
        using var training = new TrainingRun(
            _config, Data, folder, _budget, _model, MakeOptimizer(warnings.Add), _generator, _clock, null, warnings, Processes)
        {
            Amendments = place.Amendments,
        };
        Train(training, folder, cancellation);
    }

    private void RequireAgreement(RunPart run) => ProcessAgreement.Require(Processes, _config.ToText(), IdentityOf(_config, Data, run));

    private void Train(TrainingRun training, TrainingFolder folder, CancellationToken cancellation)
    {
        try
        {
            training.Train(cancellation);
            BytesPerStep = training.BytesPerStep;
        }
        catch (NonFiniteException error)
        {
            string rate = Figures.Rate(_config.Optimizer.LearningRate);
            throw new NonFiniteException(
                $"step {training.Step + 1} at learning rate {rate}: {error.Message}. The last checkpoint in {folder.Checkpoints.FolderPath} is from before. "
                + "Lower optimizer.learningRate, set maxGradientNorm (1 is usual), or lengthen schedule.warmup");
        }
    }

    /// <summary>Trains up to a step, from the last checkpoint in a folder on; the schedule is that of the whole training.</summary>
    /// <param name="part">A folder of this training's own.</param>
    /// <param name="until">The step.</param>
    /// <param name="report">Takes the share of these steps that is done.</param>
    /// <param name="cancellation">Stops: a checkpoint is written first.</param>
    /// <returns>The figures on all validation examples.</returns>
    /// <exception cref="NonFiniteException">The training diverged.</exception>
    internal Evaluation Advance(RunPart part, long until, Action<double> report, CancellationToken cancellation)
    {
        var folder = new TrainingFolder(part);
        using var training = new TrainingRun(
            _config, Data, folder, _budget, _model, MakeOptimizer(OnWarning), _generator, _clock,
            new StepProgress(step => report(step / (double)until)), new SharedWarnings(Processes, OnWarning), Processes);
        training.Train(cancellation, until);
        return Data.Evaluate(_model, 0, cancellation);
    }

    /// <summary>Requires that what is to be missing is there, before anything is trained.</summary>
    private static void RequireColumns(TrainingConfig config, TrainingData data)
    {
        foreach (var (index, shift) in config.Shifts.Index())
        {
            try
            {
                _ = data.Shifted(shift, 1, out _);
            }
            catch (ConfigException error)
            {
                throw new ConfigException($"shifts[{index}].columns: {error.Message}");
            }
        }
    }

    private Optimizer MakeOptimizer(Action<string>? onWarning)
    {
        try
        {
            var optimizer = _config.Optimizer.Create(_model, _config.Optimizer.LearningRate, _generator.Split("remedy"), onWarning);
            optimizer.Schedule = _budget.Schedule;
            optimizer.MaxGradientNorm = _config.MaxGradientNorm;
            return optimizer;
        }
        catch (ConfigException error)
        {
            throw new ConfigException($"optimizer: {error.Message}");
        }
    }

    /// <summary>What the first process tells the others of a run.</summary>
    private sealed record Place(string Folder, Amendment[] Amendments);

    private sealed class StepProgress(Action<int> report) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => report(value.Step);
    }
}
