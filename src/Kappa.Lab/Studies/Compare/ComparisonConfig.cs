namespace Kappa.Lab.Studies.Compare;

/// <summary>What <c>kappa compare</c> runs: the grid of optimizers, learning rates and seeds, on one task, with every default filled in.</summary>
public sealed record ComparisonConfig : ICheckedSettings, ICompletedSettings
{
    internal const int MaximumSteps = 100_000_000;

    [Setting("where this schema is", Name = "$schema")]
    internal string? SchemaPath { get => null; init => _ = value; }

    /// <summary>Names the run and its folder.</summary>
    [Setting("names the run and its folder", Takes = "a name for the run, such as \"first\"")]
    public required string Name { get; init; }

    /// <summary>The task.</summary>
    [Setting("the task, with its settings")]
    public required Choice<LabTask> Task { get; init; }

    /// <summary>The model; null lets the task choose.</summary>
    [Setting("the network; left out, the task chooses")]
    public ModelConfig? Model { get; init; }

    /// <summary>The optimizers, at least one.</summary>
    [Setting("what to compare")]
    public required IReadOnlyList<OptimizerConfig> Optimizers { get; init; }

    /// <summary>The learning rates of optimizers that give none of their own.</summary>
    [Setting("the rates to sweep for every optimizer that gives none of its own", AtLeast = 0, OnceEach = true)]
    public IReadOnlyList<double> LearningRates { get; init; } = [1e-4, 3e-4, 1e-3, 3e-3, 1e-2];

    /// <summary>The seeds; each decides initialisation and data order, the same for every optimizer.</summary>
    [Setting("how many seeds (0, 1, 2, ...), or which", AtLeast = 0, AtMost = int.MaxValue, OnceEach = true, CountUpTo = 10_000)]
    public IReadOnlyList<long> Seeds { get; init; } = [0, 1, 2, 3, 4];

    /// <summary>Steps of training of optimizers that give none of their own.</summary>
    [Setting("steps of training", AtLeast = 1, AtMost = MaximumSteps)]
    public int Steps { get; init; } = 1000;

    /// <summary>Examples in a step; 0 for all of them.</summary>
    [Setting("examples in a step", AtLeast = 1, ZeroText = "all")]
    public int BatchSize { get; init; } = 128;

    /// <summary>How the learning rate changes.</summary>
    [Setting("how the learning rate changes")]
    public ScheduleConfig Schedule { get; init; } = new();

    /// <summary>The gradient is scaled down to this norm where it is larger; null for no limit.</summary>
    [Setting("scale the gradient down to this norm where it is larger; left out, no limit", Above = 0)]
    public double? MaxGradientNorm { get; init; }

    /// <summary>Steps between checkpoints.</summary>
    [Setting("steps between checkpoints", AtLeast = 1, DefaultText = "a quarter of the steps")]
    public int CheckpointEvery { get => field == 0 ? Math.Max(1, Steps / 4) : field; init; }

    /// <summary>Steps between lines of the metrics.</summary>
    [Setting("steps between lines of the metrics", AtLeast = 1, DefaultText = "a twentieth of the steps")]
    public int EvaluateEvery { get => field == 0 ? Math.Max(1, Steps / 20) : field; init; }

    /// <summary><c>validationLoss</c>, or <c>metric</c>: what chooses each optimizer's best learning rate, by its mean over the seeds.</summary>
    [Setting("what chooses each optimizer's best learning rate", OneOf = ["validationLoss", "metric"])]
    public string SelectBy { get; init; } = "validationLoss";

    /// <summary>Where models are trained and deployed.</summary>
    [Setting("where models are trained and deployed", Flat = true)]
    public ComputeSettings Compute { get; init; } = new();

    /// <summary>Reads a file; paths in it are relative to its folder.</summary>
    /// <param name="path">The file.</param>
    /// <param name="choices">The tasks and optimizers there are.</param>
    /// <exception cref="ConfigException">The file is missing, not JSON, or says something it may not.</exception>
    public static ComparisonConfig ReadFile(string path, Choices choices)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return ConfigText.ReadFile<ComparisonConfig>(path, "kappa schema", choices).From(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>Reads the config of a run.</summary>
    /// <param name="path">The folder of the run.</param>
    /// <param name="choices">The tasks and optimizers there are.</param>
    /// <exception cref="RunFolderException">There is no such run.</exception>
    /// <exception cref="ConfigException">The config, which may have been edited, says something it may not.</exception>
    public static ComparisonConfig ReadRun(string path, Choices choices) =>
        ConfigText.ReadRun<ComparisonConfig>(path, ComparisonFolder.Kind, "kappa schema", choices).From(Path.GetFullPath(path));

    /// <summary>Reads a text.</summary>
    /// <param name="json">The config; comments and trailing commas are allowed.</param>
    /// <param name="choices">The tasks and optimizers there are.</param>
    /// <exception cref="ConfigException">The text is not JSON, or says something it may not.</exception>
    public static ComparisonConfig Parse(string json, Choices choices) => ConfigText.Parse<ComparisonConfig>(json, choices);

    /// <summary>The JSON schema, as indented JSON.</summary>
    /// <param name="choices">The tasks and optimizers there are.</param>
    public static string Schema(Choices choices) => ConfigText.Schema<ComparisonConfig>("Kappa comparison", "What kappa compare runs.", choices);

    /// <summary>The config as indented JSON, every default spelt out; it reads back as the same config.</summary>
    public string ToText() => ConfigText.Write(this);

    /// <summary>Every trial, seed by seed, so that an interrupted run has compared all optimizers on the first seeds.</summary>
    public IReadOnlyList<Trial> Trials() =>
        [.. from seed in Seeds
            from optimizer in Optimizers
            from rate in optimizer.LearningRates
            select new Trial(optimizer, rate, seed)];

    /// <inheritdoc/>
    public void Check(SettingsCheck check)
    {
        ArgumentNullException.ThrowIfNull(check);
        check.Require(RunPaths.Slug(Name).Length > 0, nameof(Name), "a letter or a digit in it", $"\"{Name}\"");
        for (int i = 0; i < Optimizers.Count; i++)
        {
            string path = FormattableString.Invariant($"optimizers[{i}]"), slug = RunPaths.Slug(Optimizers[i].Label);
            int first = Optimizers.Index().First(other => RunPaths.Slug(other.Item.Label) == slug).Index;
            if (first < i)
            {
                throw new ConfigException(
                    $"{path}.label: \"{Optimizers[i].Label}\" names the same folder as the label of optimizers[{first}]; give one of them another \"label\"");
            }

            Optimizers[i].RequireMakes(new SettingsCheck(path, check.Choices), Optimizers[i].LearningRates);
        }
        Schedule.RequireWarmupBelow(FewestSteps);
    }

    object ICompletedSettings.Complete(SettingsCheck check)
    {
        var complete = this with { Optimizers = [.. Optimizers.Select(optimizer => optimizer.Under(this))] };
        return complete with { Schedule = Schedule.Resolved(complete.FewestSteps) };
    }

    /// <summary>The same with paths that are absolute.</summary>
    private ComparisonConfig From(string folder) => this with { Task = Task with { Settings = Task.Kind.Resolved(Task.Settings, folder) } };

    private int FewestSteps => Math.Min(Steps, Optimizers.Min(optimizer => optimizer.Steps));
}
