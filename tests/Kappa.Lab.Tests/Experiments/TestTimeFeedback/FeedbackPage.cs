using System.Text.Json.Nodes;

namespace Kappa.Lab.Tests.Experiments.TestTimeFeedback;

/// <summary>The tables of docs/test-time-feedback.md, made from what runs found.</summary>
internal static class FeedbackPage
{
    internal const string End = "<!-- end -->";
    private static readonly string[] LeftOut = ["Tuning", "What else the deployed models do"];

    internal static string PagePath => Path.Combine(Repository.Root(), "docs", "test-time-feedback.md");

    internal static string ResultsFolder => Path.Combine(Repository.Root(), "results", "test-time-feedback");

    internal static IReadOnlyList<string> Names => [.. Directory.GetFiles(ResultsFolder, "*.json").Select(path =>
        Path.GetFileNameWithoutExtension(path)).Order()];

    internal static JsonObject Result(string name) => JsonNode.Parse(File.ReadAllText(PathOf(name)))!.AsObject();

    internal static string Begin(string name) => $"<!-- made from results/test-time-feedback/{name}.json -->";

    /// <summary>The block of a result: what was found, then its tables.</summary>
    internal static string Of(string name, JsonObject result)
    {
        var lines = new List<string> { Begin(name), result["headline"]!.GetValue<string>(), "" };
        foreach (var section in result["sections"]!.AsArray().Where(section => !LeftOut.Contains(section!["title"]!.GetValue<string>())))
        {
            var table = section!["table"]!;
            lines.AddRange([$"*{section["title"]}*", ""]);
            lines.Add($"| {string.Join(" | ", table["columns"]!.AsArray().Select(column => column!.GetValue<string>()))} |");
            lines.Add($"|{string.Concat(table["columns"]!.AsArray().Select(_ => "---|"))}");
            lines.AddRange(table["rows"]!.AsArray().Select(row => $"| "
                + $"{string.Join(" | ", row!.AsArray().Select(cell => cell!["text"]!.GetValue<string>()))} |"));
            lines.Add("");
        }
        lines.Add(End);
        return string.Join('\n', lines);
    }

    /// <summary>Takes over what a finished run found: its settings and its report without the plots.</summary>
    internal static void Take(string folder)
    {
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "config.json")))!;
        var report = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "report.json")))!;
        string name = config["experiment"]!.GetValue<string>().Split('/')[1];
        var findings = report["parts"]![0]!["findings"]!;
        foreach (var section in findings["sections"]!.AsArray())
            _ = section!.AsObject().Remove("plots");
        // The sections of one part of a run are left to that part; where its run lay is nobody's concern.
        _ = findings["sections"]!.AsArray().RemoveAll(section => section!["title"]!.GetValue<string>().Contains(": ", StringComparison.Ordinal));
        if (config["settings"]!["from"] is not null)
            config["settings"]!["from"] = new JsonArray();
        var result = new JsonObject
        {
            ["experiment"] = config["experiment"]!.DeepClone(), ["settings"] = config["settings"]!.DeepClone(),
            ["version"] = report["environment"]!["version"]!.DeepClone(), ["machine"] = report["environment"]!["machine"]!.DeepClone(),
            ["headline"] = findings["headline"]!.DeepClone(), ["sections"] = findings["sections"]!.DeepClone(),
        };
        _ = Directory.CreateDirectory(ResultsFolder);
        File.WriteAllText(PathOf(name), result.ToJsonString(RunJson.Indented) + "\n");
        string page = File.ReadAllText(PagePath), begin = Begin(name);
        int from = page.IndexOf(begin, StringComparison.Ordinal);
        if (from < 0)
            throw new InvalidDataException($"{PagePath}: expected a line {begin} with {End} behind it, where the tables of {name} go");
        int to = page.IndexOf(End, from, StringComparison.Ordinal) + End.Length;
        File.WriteAllText(PagePath, page[..from] + Of(name, result) + page[to..]);
    }

    private static string PathOf(string name) => Path.Combine(ResultsFolder, $"{name}.json");
}
