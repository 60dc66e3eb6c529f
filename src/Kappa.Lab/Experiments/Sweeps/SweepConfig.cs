namespace Kappa.Lab.Experiments.Sweeps;

/// <summary>What <c>kappa sweep</c> runs: one training, and the fields of its config that are searched.</summary>
public sealed record SweepConfig : ICheckedSettings
{
    private const string Halving = "halving";

    [Setting("where this schema is", Name = "$schema")]
    internal string? SchemaPath { get => null; init => _ = value; }

    /// <summary>Names the run and its folder.</summary>
    [Setting("names the run and its folder", Takes = "a name for the run, such as \"first\"")]
    public required string Name { get; init; }

    /// <summary>The training that is varied.</summary>
    [Setting("the training that is varied: a config of kappa train")]
    public required TrainingConfig Train { get; init; }

    /// <summary>Ranges by the path of a numeric field of <see cref="Train"/>.</summary>
    [Setting("where values are drawn from, by field, such as \"optimizer.learningRate\": { \"from\": 1e-4, \"to\": 0.1, \"scale\": \"log\" }")]
    public required IReadOnlyDictionary<string, SearchRange> Search { get; init; }

    /// <summary>Configs that are drawn.</summary>
    [Setting("configs that are drawn", AtLeast = 1, AtMost = 10_000)]
    public int Trials { get; init; } = 16;

    /// <summary><c>random</c> trains all to the end; <c>halving</c> goes on with the best of them alone.</summary>
    [Setting("random trains all to the end; halving trains all a little, and goes on with the best of them alone", OneOf = ["random", Halving])]
    public string Method { get; init; } = "random";

    /// <summary>Of so many trials one goes on, with so many times the steps.</summary>
    [Setting("with halving, of so many trials one goes on, for so many times the steps", AtLeast = 2, AtMost = 100)]
    public int Reduction { get; init; } = 3;

    /// <summary>Decides what is drawn.</summary>
    [Setting("decides what is drawn", AtLeast = 0)]
    public int Seed { get; init; }

    /// <summary>How many trials each rung trains.</summary>
    internal IReadOnlyList<int> RungTrials
    {
        get
        {
            List<int> rungs = [Trials];
            while (Method == Halving && rungs[^1] > 1)
                rungs.Add((rungs[^1] + Reduction - 1) / Reduction);
            return rungs;
        }
    }

    /// <summary>Reads a file; paths in it are relative to its folder.</summary>
    /// <param name="path">The file.</param>
    /// <param name="choices">The data sets, models and optimizers there are.</param>
    /// <exception cref="ConfigException">The file is missing, not JSON, or says something it may not.</exception>
    public static SweepConfig ReadFile(string path, Choices choices)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var config = ConfigText.ReadFile<SweepConfig>(path, "kappa schema sweep", choices);
        return config with { Train = config.Train.From(Path.GetDirectoryName(Path.GetFullPath(path))!) };
    }

    /// <summary>Reads the config of a run.</summary>
    /// <param name="path">The folder of the run.</param>
    /// <param name="choices">The data sets, models and optimizers there are.</param>
    /// <exception cref="RunFolderException">There is no such run.</exception>
    /// <exception cref="ConfigException">The config, which may have been edited, says something it may not.</exception>
    public static SweepConfig ReadRun(string path, Choices choices)
    {
        var config = ConfigText.ReadRun<SweepConfig>(path, SweepPlan.Kind, "kappa schema sweep", choices);
        return config with { Train = config.Train.From(Path.GetFullPath(path)) };
    }

    /// <summary>The JSON schema, as indented JSON.</summary>
    /// <param name="choices">The data sets, models and optimizers there are.</param>
    public static string Schema(Choices choices) => ConfigText.Schema<SweepConfig>("Kappa sweep", "What kappa sweep runs.", choices);

    /// <inheritdoc/>
    public void Check(SettingsCheck check)
    {
        ArgumentNullException.ThrowIfNull(check);
        check.Require(RunPaths.Slug(Name).Length > 0, nameof(Name), "a letter or a digit in it", $"\"{Name}\"");
        if (Train.Minutes is not null)
            throw check.Fault(nameof(Train), "a sweep compares trainings of as many steps; expected steps or epochs in the place of minutes");
        var space = new SweepSpace(this, check.Choices);
        space.Require();
    }
}
