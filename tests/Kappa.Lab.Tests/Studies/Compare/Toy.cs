namespace Kappa.Lab.Tests.Studies.Compare;

internal static class Toy
{
    internal static readonly Choices Choices = KappaCatalog.Choices.With<LabTask>([new ToyTask()]);

    internal const string Json = """
        {
          "name": "toy run",
          "task": { "name": "toy" },
          "model": { "hidden": [8, 8], "activation": "tanh" },
          "optimizers": [
            { "name": "sgd", "momentum": 0.9 },
            { "name": "adamw" },
            { "name": "muon", "orthogonalization": "polar-express" },
            { "name": "dopr-adamw", "activationPreconditioning": { "movingAverage": 0.5, "refresh": 3 } },
            { "name": "adamw", "whiten": true }
          ],
          "learningRates": [0.003, 0.03],
          "seeds": 2,
          "steps": 30,
          "batchSize": 16,
          "schedule": { "warmup": 3 },
          "maxGradientNorm": 5,
          "checkpointEvery": 7,
          "evaluateEvery": 5
        }
        """;

    internal static ComparisonConfig Config(string json = Json) => ComparisonConfig.Parse(json, Choices);

    /// <summary>The results of a run in a new folder, wall-clock time removed.</summary>
    internal static IReadOnlyList<TrialResult> Run(
        ComparisonConfig config, string path, int jobs = 1, PreparedToy? task = null, RunFolderMode mode = RunFolderMode.Fresh,
        CancellationToken cancellation = default) =>
        Run(config, Open(config, path, mode), jobs, task, null, cancellation);

    internal static IReadOnlyList<TrialResult> Run(
        ComparisonConfig config, RunFolder folder, int jobs = 1, PreparedToy? task = null, IProgress<TrialProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        using var run = folder;
        return [.. new ComparisonRunner(config, task ?? new PreparedToy()).Run(run, jobs, progress, cancellation).Select(WithoutTime)];
    }

    internal static RunFolder Open(ComparisonConfig config, string path, RunFolderMode mode = RunFolderMode.Fresh, bool amend = false) =>
        RunFolder.Open(
            new RunRequest(ComparisonFolder.Kind, config.Name, SettingsOf<ComparisonConfig>.Write(config)) { Path = path, Mode = mode, Amend = amend });

    /// <summary>All of a run that must repeat: results, and metrics without their wall-clock time.</summary>
    internal static string Fingerprint(ComparisonConfig config, string path)
    {
        var lines = new List<string>();
        foreach (var trial in config.Trials())
        {
            var result = new ComparisonRunner(config, new PreparedToy()).Finished(new ComparisonFolder(new RunPart(path))).Single(
                result => (result.Optimizer, result.LearningRate, result.Seed) == (trial.Optimizer.Label, trial.LearningRate, trial.Seed));
            lines.Add(System.Text.Json.JsonSerializer.Serialize(WithoutTime(result), RunJson.Exact));
            lines.AddRange(new ComparisonFolder(new RunPart(path)).Of(trial).ReadMetrics(result).Select(line => (line with { Seconds = 0 }).ToString()));
        }
        return string.Join('\n', lines);
    }

    private static TrialResult WithoutTime(TrialResult result) => result with { SecondsPerStep = 0, Metrics = new MetricsMark(result.Metrics.Lines, "") };
}
