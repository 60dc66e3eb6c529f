namespace Kappa.Lab.Studies.Train;

/// <summary>What <c>kappa train</c> runs: one model, one data set, one optimizer, with every default filled in.</summary>
public sealed record TrainingConfig : ICheckedSettings, ICompletedSettings
{
    private const int DefaultSteps = 1000;

    [Setting("where this schema is", Name = "$schema")]
    internal string? SchemaPath { get => null; init => _ = value; }

    /// <summary>Names the run and its folder.</summary>
    [Setting("names the run and its folder", Takes = "a name for the run, such as \"first\"")]
    public required string Name { get; init; }

    /// <summary>The data set.</summary>
    [Setting("the data set, with its settings")]
    public required Choice<DataKind> Data { get; init; }

    /// <summary>The model.</summary>
    [Setting("the model, with its settings")]
    public required Choice<NetworkKind> Model { get; init; }

    /// <summary>The optimizer, with its one learning rate.</summary>
    [Setting("the optimizer, with its settings")]
    public required TrainingOptimizer Optimizer { get; init; }

    /// <summary>How the learning rate changes.</summary>
    [Setting("how the learning rate changes")]
    public ScheduleConfig Schedule { get; init; } = new();

    /// <summary>Steps of training; null where epochs or minutes are given.</summary>
    [Setting("steps of training", AtLeast = 1, AtMost = ComparisonConfig.MaximumSteps)]
    public int? Steps { get => field ?? (Epochs is null && Minutes is null ? DefaultSteps : null); init; }

    /// <summary>Passes over the training data, in parts where it is no integer.</summary>
    [Setting("passes over the training data, in the place of steps", Above = 0)]
    public double? Epochs { get; init; }

    /// <summary>Minutes of training.</summary>
    [Setting("minutes of training with its evaluations, in the place of steps; such a run does not repeat bit for bit", Above = 0)]
    public double? Minutes { get; init; }

    /// <summary>Examples in a step.</summary>
    [Setting("examples in a step", AtLeast = 1, DefaultText = "16 windows of text, or 128 pictures or rows")]
    public int BatchSize { get => field != 0 ? field : Data.Kind.IsText ? 16 : 128; init; }

    /// <summary>Pieces that each batch is cut into; null for the batch as a whole. Processes share them, and the bits do not depend on how many do.</summary>
    [Setting(
        "pieces that each batch is cut into, a power of two that divides batchSize: up to as many processes of mpirun share them, to the same bits",
        AtLeast = 1, DefaultText = "8 under mpirun, otherwise the batch as a whole")]
    public int? Pieces { get; init; }

    /// <summary>The gradient is scaled down to this norm where it is larger; null for no limit.</summary>
    [Setting("scale the gradient down to this norm where it is larger; left out, no limit", Above = 0)]
    public double? MaxGradientNorm { get; init; }

    /// <summary>Decides initialisation, data order and dropout.</summary>
    [Setting("decides initialisation, data order and dropout", AtLeast = 0)]
    public int Seed { get; init; }

    /// <summary>Steps between lines of the metrics; null for a twentieth of the run.</summary>
    [Setting("steps between lines of the metrics", AtLeast = 1, DefaultText = "a twentieth of the run")]
    public int? EvaluateEvery { get; init; }

    /// <summary>Steps between checkpoints; null for a tenth of the run.</summary>
    [Setting("steps between checkpoints", AtLeast = 1, DefaultText = "a tenth of the run")]
    public int? CheckpointEvery { get; init; }

    /// <summary>Steps between measurements of how well the model is conditioned; null for none.</summary>
    [Setting("steps between measurements of how well the model is conditioned: singular values, dormant units, tangent kernel; left out, none", AtLeast = 1)]
    public int? Diagnostics { get; init; }

    /// <summary>Validation examples of the evaluations along the way, spread evenly; the last evaluation takes all. 0 for all always.</summary>
    [Setting("validation examples of the evaluations along the way; the last one takes all", AtLeast = 1, ZeroText = "all")]
    public int ValidationExamples { get; init; } = 1000;

    /// <summary>What decides which model is the best: <c>loss</c>, or <c>metric</c>, the figure that is shown along the way.</summary>
    [Setting("what decides which model is the best, on the validation examples", OneOf = ["loss", "metric"])]
    public string Monitor { get; init; } = "loss";

    /// <summary>Evaluations without a better model after which training stops; null for never.</summary>
    [Setting("evaluations without a better model after which training stops; left out, never", AtLeast = 1)]
    public int? Patience { get; init; }

    /// <summary>Whether the best model is kept in the folder <c>best</c>, and is what the run ends with.</summary>
    [Setting("whether the best model is kept in the folder best, and is what the run ends with", DefaultText = "true with patience")]
    public bool? KeepBest { get => field ?? Patience is not null; init; }

    /// <summary>How inputs differ where the model is deployed: what it ended with is measured on such copies of the validation examples as well.</summary>
    [Setting("how inputs differ where the model is deployed: what it ended with is measured on such copies of the validation examples too", MayBeEmpty = true)]
    public IReadOnlyList<ShiftSettings> Shifts { get; init; } = [];

    /// <summary>Where it is trained.</summary>
    [Setting("where it is trained", Flat = true)]
    public ComputeSettings Compute { get; init; } = new();

    /// <summary>Reads a file; paths in it are relative to its folder.</summary>
    /// <param name="path">The file.</param>
    /// <param name="choices">The data sets, models and optimizers there are.</param>
    /// <exception cref="ConfigException">The file is missing, not JSON, or says something it may not.</exception>
    public static TrainingConfig ReadFile(string path, Choices choices)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return ConfigText.ReadFile<TrainingConfig>(path, "kappa schema train", choices).From(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>Reads the config of a run.</summary>
    /// <param name="path">The folder of the run.</param>
    /// <param name="choices">The data sets, models and optimizers there are.</param>
    /// <exception cref="RunFolderException">There is no such run.</exception>
    /// <exception cref="ConfigException">The config, which may have been edited, says something it may not.</exception>
    public static TrainingConfig ReadRun(string path, Choices choices) =>
        ConfigText.ReadRun<TrainingConfig>(path, TrainingFolder.Kind, "kappa schema train", choices).From(Path.GetFullPath(path));

    /// <summary>Reads a text.</summary>
    /// <param name="json">The config; comments and trailing commas are allowed.</param>
    /// <param name="folder">What paths in it are relative to.</param>
    /// <param name="choices">The data sets, models and optimizers there are.</param>
    /// <exception cref="ConfigException">The text is not JSON, or says something it may not.</exception>
    public static TrainingConfig Parse(string json, string folder, Choices choices) => ConfigText.Parse<TrainingConfig>(json, choices).From(folder);

    /// <summary>The JSON schema, as indented JSON.</summary>
    /// <param name="choices">The data sets, models and optimizers there are.</param>
    public static string Schema(Choices choices) => ConfigText.Schema<TrainingConfig>("Kappa training", "What kappa train runs.", choices);

    /// <summary>The config as indented JSON, every default spelt out; it reads back as the same config.</summary>
    public string ToText() => ConfigText.Write(this);

    /// <inheritdoc/>
    public void Check(SettingsCheck check)
    {
        ArgumentNullException.ThrowIfNull(check);
        check.Require(RunPaths.Slug(Name).Length > 0, nameof(Name), "a letter or a digit in it", $"\"{Name}\"");
        if (Pieces is { } pieces)
        {
            check.Require(System.Numerics.BitOperations.IsPow2(pieces), nameof(Pieces), "a power of two, such as 8", $"{pieces}");
            check.Require(BatchSize % pieces == 0, nameof(Pieces), $"a divisor of batchSize, which is {BatchSize}", $"{pieces}");
            if (Optimizer.Remedy is { } remedy)
            {
                throw new ConfigException(
                    $"pieces: {remedy.Kind.Name} looks at the units of the whole batch, which a batch in pieces does not have in one place; leave pieces out, "
                    + "or optimizer.remedy");
            }
        }
        if (!Model.Kind.Takes(Data.Kind.Content))
            throw new ConfigException(Misfit(Model, Data, check.Choices));
        (string Name, double? Value)[] lengths = [("steps", Steps), ("epochs", Epochs), ("minutes", Minutes)];
        string[] given = [.. lengths.Where(length => length.Value is not null).Select(length => length.Name)];
        if (given.Length > 1)
            throw new ConfigException($"{given[1]}: {given[0]} is given as well; expected one of steps, epochs and minutes, which say how long to train");
        if (Steps is { } steps)
            Schedule.RequireWarmupBelow(steps);
        foreach (var (index, shift) in Shifts.Index())
            shift.CheckFor(Data, new SettingsCheck(string.Create(CultureInfo.InvariantCulture, $"shifts[{index}]"), check.Choices));
    }

    /// <summary>Says that a model does not take what a data set holds, and which ones do.</summary>
    internal static string Misfit(Choice<NetworkKind> model, Choice<DataKind> data, Choices choices)
    {
        string fitting = string.Join(", ", choices.Of<NetworkKind>().Where(kind => kind.Takes(data.Kind.Content)).Select(kind => kind.Name));
        string content = data.Kind.Content == DataContent.Rows ? "rows of numbers" : data.Kind.IsText ? "text" : "pictures";
        return $"model.name: {model.Name} is for {(model.Kind.IsForText ? "text" : "pictures")}, and {data.Name} holds {content}; expected {fitting}";
    }

    // Of epochs the warm-up is known only when the data is read.
    object ICompletedSettings.Complete(SettingsCheck check) => Epochs is null ? this with { Schedule = Schedule.Resolved(Steps) } : this;

    /// <summary>The same with paths that are absolute.</summary>
    internal TrainingConfig From(string folder) => this with { Data = Data with { Settings = Data.Kind.Resolved(Data.Settings, folder) } };
}
