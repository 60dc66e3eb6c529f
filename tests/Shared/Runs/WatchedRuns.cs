using System.Globalization;
using System.Text.Json.Nodes;

namespace Kappa.Tests.Shared;

/// <summary>A folder with runs as commands leave them, made without training.</summary>
internal sealed class WatchedRuns : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>The folder that is shown; beside it is what may not be.</summary>
    internal string Root => _folder["runs"];

    /// <summary>A path in the folder that is shown.</summary>
    internal string this[string name] => Path.Combine(Root, name);

    internal WatchedRuns() => Directory.CreateDirectory(Root);

    /// <summary>The config of a training of so many steps, as a run spells it out.</summary>
    internal static JsonObject Training(int steps, string name = "first") => new() { ["name"] = name, ["steps"] = steps };

    /// <summary>Begins a run, which goes on until it is disposed of.</summary>
    internal RunFolder Begin(string place, string kind, JsonObject config)
    {
        var run = RunFolder.Open(new RunRequest(kind, "first", config) { Path = this[place] });
        run.Begin(new Dictionary<string, string>());
        return run;
    }

    /// <summary>A line of the metrics of a training.</summary>
    internal static string Line(int step, double loss) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"step":{{step}},"trainingLoss":{{loss}},"validationLoss":{{loss + 1}},"gradientNorm":1,"learningRate":0.1,"seconds":{{step}}}""");

    /// <summary>Writes lines behind those that are there.</summary>
    internal void Append(string place, params string[] lines)
    {
        _ = Directory.CreateDirectory(this[place]);
        File.AppendAllText(this[$"{place}/metrics.jsonl"], string.Concat(lines.Select(line => line + "\n")));
    }

    /// <summary>What a training ends with.</summary>
    internal static void Finish(RunFolder run, string report = "<!doctype html><title>the report</title>", int amendments = 0)
    {
        run.WriteSealed("result.json", new JsonObject
        {
            ["steps"] = 900, ["parameters"] = 1, ["epochs"] = 1, ["units"] = 1, ["validationLoss"] = 0.5, ["metricName"] = "accuracy", ["metric"] = 1,
            ["seconds"] = 1, ["processorSeconds"] = 1, ["instructions"] = "none", ["metrics"] = new JsonObject { ["lines"] = 0, ["sha256"] = "" },
            ["amendments"] = amendments,
        });
        run.WriteText("report.html", report);
    }

    /// <summary>Every file and folder with its contents and when it was changed.</summary>
    internal IReadOnlyList<string> Everything() =>
        [.. Directory.GetFileSystemEntries(_folder.FullPath, "*", SearchOption.AllDirectories).Append(_folder.FullPath).Order(StringComparer.Ordinal).Select(
            entry => $"{entry} {File.GetLastWriteTimeUtc(entry):O} {(File.Exists(entry) ? Convert.ToHexString(File.ReadAllBytes(entry)) : "")}")];

    /// <summary>What may not be shown: a file and a run beside the folder, and links to them within.</summary>
    internal void AddOutside(string secret)
    {
        File.WriteAllText(_folder["secret.html"], secret);
        using (var run = RunFolder.Open(new RunRequest("train", "first", Training(10, secret)) { Path = _folder["outside"] }))
        {
            run.Begin(new Dictionary<string, string>());
            run.WriteText("report.html", secret);
        }
        _ = Directory.CreateSymbolicLink(this["linked"], _folder["outside"]);
        using (Begin("inside", "train", Training(10)))
        {
        }
        _ = File.CreateSymbolicLink(this["inside/report.html"], _folder["secret.html"]);
        _ = Directory.CreateSymbolicLink(this["inside/probe"], _folder["outside"]);
        Append("other", Line(1, 12345));
        _ = File.CreateSymbolicLink(this["inside/metrics.jsonl"], this["other/metrics.jsonl"]);
    }

    public void Dispose() => _folder.Dispose();
}
