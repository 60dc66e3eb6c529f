using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Kappa.Lab.Tests.Studies.Train;

/// <summary>A training run on a text of a few kilobytes that takes a fraction of a second.</summary>
internal static class SmallRun
{
    internal const string Json = """
        {
          "name": "small",
          "data": { "name": "text", "path": "text.txt" },
          "model": { "name": "transformer", "width": 16, "layers": 1, "heads": 2, "contextLength": 8, "dropout": 0.1 },
          "optimizer": { "name": "dopr-adamw", "learningRate": 0.01 },
          "steps": 23,
          "batchSize": 4,
          "evaluateEvery": 5,
          "checkpointEvery": 6,
          "validationExamples": 10
        }
        """;

    internal static string Text { get; } = string.Concat(
        Enumerable.Range(0, 300).Select(i => string.Create(CultureInfo.InvariantCulture, $"{i * 7 % 100} sheep, é {i % 3};\n")));

    /// <summary>The config with some fields changed, its text beside it.</summary>
    internal static TrainingConfig Config(TemporaryFolder folder, string change = "{}")
    {
        File.WriteAllText(folder["text.txt"], Text, new UTF8Encoding(false));
        return TrainingConfig.Parse(Changed(change), folder.FullPath, KappaCatalog.Choices);
    }

    internal static string Changed(string change)
    {
        var config = JsonNode.Parse(Json)!.AsObject();
        foreach (var (name, value) in JsonNode.Parse(change)!.AsObject())
        {
            if (value is null)
                _ = config.Remove(name);
            else
                config[name] = value.DeepClone();
        }
        return config.ToJsonString();
    }

    internal static TrainingFolder Run(TrainingConfig config, string path, TimeProvider? clock = null)
    {
        _ = Continue(config, path, null, clock);
        return new TrainingFolder(new RunPart(path));
    }

    /// <summary>Trains on; stops after the evaluation at a step where one is given.</summary>
    internal static TrainingResult? Continue(
        TrainingConfig config, string path, int? stopAt, TimeProvider? clock = null, bool writesEvents = false)
    {
        using var cancellation = new CancellationTokenSource();
        using var run = Open(config, path, RunPaths.HoldsRun(path) ? RunFolderMode.Resume : RunFolderMode.Fresh);
        var runner = new TrainingRunner(config, TrainingRunner.LoadData(config, run), clock ?? TimeProvider.System) { WritesEvents = writesEvents };
        try
        {
            return runner.Run(run, new Stop(cancellation, stopAt ?? int.MaxValue), cancellation.Token);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    internal static RunFolder Open(TrainingConfig config, string path, RunFolderMode mode = RunFolderMode.Fresh, bool amend = false) =>
        RunFolder.Open(new RunRequest(TrainingFolder.Kind, config.Name, SettingsOf<TrainingConfig>.Write(config)) { Path = path, Mode = mode, Amend = amend });

    /// <summary>The last weights and optimizer state, and the metrics without their times.</summary>
    internal static string Fingerprint(TrainingFolder folder)
    {
        string last = Directory.GetDirectories(folder.Checkpoints.FolderPath).Order(StringComparer.Ordinal).Last();
        var parts = new[] { "model.safetensors", "optimizer.safetensors" }
            .Select(file => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(Path.Combine(last, file)))));
        // As JSON, since a list within a record would be told by its type alone.
        var lines = folder.ReadMetrics().Select(line => JsonSerializer.Serialize(line with { Seconds = 0 }, RunJson.Exact));
        return string.Join('\n', [Path.GetFileName(last), .. parts, .. lines]);
    }

    private sealed class Stop(CancellationTokenSource cancellation, int step) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.Phase == RunPhase.Evaluating && value.Step >= step)
                cancellation.Cancel();
        }
    }
}
