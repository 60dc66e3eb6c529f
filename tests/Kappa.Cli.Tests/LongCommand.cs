namespace Kappa.Cli.Tests;

/// <summary>A command that goes on for long, and how it ends when it is stopped.</summary>
/// <param name="Line">The command.</param>
/// <param name="Sign">What shows that it is at work: a file that it makes, or what it prints, in quotes; or <see cref="Works"/>.</param>
/// <param name="End">The end of what it says.</param>
public sealed record LongCommand(string Line, string Sign, string End)
{
    /// <summary>It has computed for longer than a command takes to start.</summary>
    internal const string Works = "";

    internal const string StartsOver = "interrupted; the same command starts over\n";

    /// <summary>Commands of which none goes on for long: a start, a look at some files, and what is printed.</summary>
    internal static IReadOnlyList<string> Short { get; } =
    [
        "optimizers", "tasks", "data", "data list", "devices", "results", "results take", "results pages", "results note", "schema", "completion",
    ];

    /// <summary>The others, and one experiment of each family.</summary>
    internal static IReadOnlyList<LongCommand> All { get; } =
    [
        new("compare long/compare.json --out stopped/compare", "stopped/compare/trials", GoesOn("compare", "stopped/compare")),
        new("compare long/preparing.json --out stopped/preparing", Works, StartsOver),
        new("train long/train.json --out stopped/train", "stopped/train/metrics.jsonl", GoesOn("train", "stopped/train")),
        new("train long/reading.json --out stopped/reading", Works, StartsOver),
        new("sweep long/sweep.json --out stopped/sweep", "stopped/sweep/run.json", GoesOn("sweep", "stopped/sweep")),
        new("demo --out stopped/demo", "stopped/demo/linear-control/trials", GoesOn("compare", "stopped/demo/linear-control")),
        new("probe texts --top 60 --samples 20 --batch 1 --tolerance 1e-12 --density --criteria --out stopped/probe", "\"\"", StartsOver),
        new("diagnose wide --jacobians 60 --kernel 60 --out stopped/diagnosis", Works, StartsOver),
        new(
            "rescale wide/checkpoints/step-00000001/model.safetensors --model wide/config.json --sweeps 1000000000 --tolerance 0 "
            + "--out stopped/rescaled.safetensors",
            Works, StartsOver),
        new("generate texts --tokens 100000000", "\"\"", StartsOver),
        new("predict wide long/many.csv --out stopped/predictions.csv", Works, StartsOver),
        new("import long/deep.onnx --out stopped/imported.safetensors", Works, StartsOver),
        new("export long/deep.onnx --out stopped/exported.onnx", Works, StartsOver),
        new("bench long/deep.onnx", Works, StartsOver),
        new($"report {string.Join(' ', LongRuns.Reports)} --out stopped/paper", Works, StartsOver),
        new("serve . --port 0", "\"\"", StartsOver),
        new("data fetch resnet18 --yes", "\"\n> \"", StartsOver),
        new($"results check --root {LongRuns.Checkout}", "\"\"", StartsOver),
        .. KappaCatalog.Choices.Of<Experiment>().GroupBy(FamilyOf)
            .Select(family => (family.FirstOrDefault(one => one.Unavailable is null) ?? family.First()).FullName).Select(Reproduce),
    ];

    /// <summary>What it needs and is not there; null where nothing is missing.</summary>
    internal string? Missing => Line.StartsWith("reproduce ", StringComparison.Ordinal)
        ? KappaCatalog.Choices.Find<Experiment>(Line.Split(' ')[1]).Unavailable
        : null;

    /// <inheritdoc/>
    public override string ToString() => string.Join(' ', Line.Split(' ').Take(2));

    // At full size some first try for minutes how long all will take.
    private static LongCommand Reproduce(string name) => name is "dopr/all" or "dopr/chunks"
        ? new($"reproduce {name} --full --out stopped/{name}", Works, StartsOver)
        : new($"reproduce {name} --full --out stopped/{name}", $"stopped/{name}/run.json", GoesOn("reproduce", $"stopped/{name}"));

    private static string GoesOn(string command, string folder) => $"Continue with:\n  kappa {command} --resume {folder}\n";

    /// <summary>The class that an experiment shares with those that do the same sort of work.</summary>
    private static Type FamilyOf(Experiment experiment)
    {
        var type = experiment.GetType();
        while (type.BaseType is { } parent && parent != typeof(Experiment) && parent.BaseType != typeof(Experiment))
            type = parent;
        return type.IsGenericType ? type.GetGenericTypeDefinition() : type;
    }
}
