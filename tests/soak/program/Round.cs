using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kappa.Lab.Catalog;
using Kappa.Lab.Runs;
using Kappa.Lab.Studies.Compare;
using Kappa.Lab.Studies.Probe;
using Kappa.Lab.Studies.Train;

namespace Kappa.Soak;

/// <summary>Everything that a user does with a run, once.</summary>
internal static class Round
{
    private const int CheckpointEvery = 100;
    private const int Steps = 800;

    private static readonly string Data = Path.Combine(Path.GetTempPath(), $"kappa-soak-{Environment.ProcessId}");

    /// <summary>The training. Its rows are the same in every process.</summary>
    public static TrainingConfig Config => TrainingConfig.Parse(
        $$"""
        { "name": "soak", "data": { "name": "csv", "path": "rows.csv", "target": "kind" }, "model": { "name": "mlp", "hidden": [64, 64] },
          "optimizer": { "name": "dopr-adamw", "learningRate": 0.003 }, "steps": {{Steps}}, "batchSize": 32, "checkpointEvery": {{CheckpointEvery}},
          "evaluateEvery": 100, "diagnostics": 130 }
        """, RowsFolder, KappaCatalog.Choices);

    private static ComparisonConfig Comparison => ComparisonConfig.Parse(
        """
        { "name": "soak", "task": { "name": "linear-control" }, "optimizers": [{ "name": "adamw" }, { "name": "dopr-adamw" }],
          "learningRates": [0.003], "seeds": 1, "steps": 40, "batchSize": 32 }
        """, KappaCatalog.Choices);

    // The process that is killed is told by its environment where the rows are.
    private static string RowsFolder => Environment.GetEnvironmentVariable("KAPPA_SOAK_ROWS") ?? Data;

    /// <summary>One round.</summary>
    /// <param name="checkpoints">After how many checkpoints the training is killed.</param>
    /// <returns>All that was found, a line each, times left out; and whether the training was killed before it ended.</returns>
    public static (string Found, bool WasKilled) Run(int checkpoints)
    {
        _ = Directory.CreateDirectory(Data);
        try
        {
            WriteRows();
            string run = Path.Combine(Data, "run");
            bool wasKilled = TrainAndKill(run, checkpoints);
            Interrupt(run, (checkpoints + 2) * CheckpointEvery);
            var found = new StringBuilder();
            _ = found.AppendLine(Timeless(TrainingRunner.Run(Config, run)));
            string last = Directory.GetDirectories(Path.Combine(run, "checkpoints")).Order(StringComparer.Ordinal).Last();
            foreach (string name in new[] { "model.safetensors", "optimizer.safetensors" })
                _ = found.AppendLine(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(last, name)))));
            foreach (string line in File.ReadLines(Path.Combine(run, "metrics.jsonl")))
                _ = found.AppendLine(Timeless(JsonNode.Parse(line)!));
            var model = TrainedModel.Load(run, KappaCatalog.Choices);
            _ = found.AppendLine(Timeless(ModelProbe.Run(model, new ProbeSettings { Top = 3, Criteria = true, Sizes = [16, 32] }, TimeProvider.System)));
            Compare(found);
            return (found.ToString(), wasKilled);
        }
        finally
        {
            Directory.Delete(Data, recursive: true);
        }
    }

    private static bool TrainAndKill(string run, int checkpoints)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, [typeof(Round).Assembly.Location, "train", run]);
        start.Environment["KAPPA_SOAK_ROWS"] = Data;
        using var process = Process.Start(start)!;
        string folder = Path.Combine(run, "checkpoints");
        while (!process.HasExited && (!Directory.Exists(folder) || Directory.GetDirectories(folder, "step-*").Length == 0 || Latest(folder) < checkpoints))
            Thread.Sleep(1);
        bool wasRunning = !process.HasExited;
        process.Kill();
        process.WaitForExit();
        return wasRunning && !File.Exists(Path.Combine(run, "result.json"));
    }

    private static int Latest(string folder) => Directory.GetDirectories(folder, "step-*")
        .Max(path => int.Parse(Path.GetFileName(path)["step-".Length..], System.Globalization.CultureInfo.InvariantCulture)) / CheckpointEvery;

    /// <summary>Stops a training that goes on as a user does, by Ctrl+C.</summary>
    private static void Interrupt(string run, int step)
    {
        using var stop = new CancellationTokenSource();
        try
        {
            _ = TrainingRunner.Run(Config, run, new Stop(step, stop), stop.Token);
        }
        catch (OperationCanceledException)
        {
            // As asked.
        }
    }

    private static void Compare(StringBuilder found)
    {
        var config = Comparison;
        var request = new RunRequest(ComparisonFolder.Kind, config.Name, JsonNode.Parse(config.ToText())!.AsObject())
        {
            Path = Path.Combine(Data, "compare"),
        };
        using var run = RunFolder.Open(request);
        var runner = new ComparisonRunner(config, config.Task.Kind.Prepare(config.Task.Settings, null, default));
        foreach (var result in runner.Run(run, 2, null, default))
            _ = found.AppendLine(Timeless(result));
    }

    private static void WriteRows()
    {
        var random = new Kappa.Randomness.Philox(7);
        var text = new StringBuilder("a,b,c,kind\n");
        for (int row = 0; row < 400; row++)
        {
            double a = random.NextNormal(), b = random.NextNormal(), c = random.NextNormal();
            _ = text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{a:R},{b:R},{c:R},{((a * b) + c > 0 ? "yes" : "no")}\n");
        }
        File.WriteAllText(Path.Combine(Data, "rows.csv"), text.ToString());
    }

    /// <summary>Whether a field is a time, or the hash of lines that have one.</summary>
    private static bool IsOfTime(string name) => new[] { "second", "dataWait", "metrics" }.Any(part => name.Contains(part, StringComparison.OrdinalIgnoreCase));

    private static string Timeless<T>(T value)
    {
        var node = value as JsonNode ?? JsonSerializer.SerializeToNode(value, new JsonSerializerOptions
        {
            NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
        })!;
        foreach (string name in node.AsObject().Select(field => field.Key).Where(IsOfTime).ToArray())
            _ = node.AsObject().Remove(name);
        return node.ToJsonString();
    }

    private sealed class Stop(int step, CancellationTokenSource source) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.Step >= step)
                source.Cancel();
        }
    }
}
