using System.Text.Json.Nodes;

namespace Kappa.Lab.Tests.Experiments.Pretrained;

/// <summary>The tables of docs/pretrained.md, made from what a run found.</summary>
internal static class PretrainedPage
{
    internal const string Begin = "<!-- made from results/pretrained/pretrained.json -->";
    internal const string End = "<!-- end -->";
    internal const string NoRun = "No run of this version is committed yet, so there is no table here.";

    internal static string PagePath => Path.Combine(Repository.Root(), "docs", "pretrained.md");

    internal static string ResultPath => Path.Combine(Repository.Root(), "results", "pretrained", "pretrained.json");

    internal static JsonObject? Result() => File.Exists(ResultPath) ? JsonNode.Parse(File.ReadAllText(ResultPath))!.AsObject() : null;

    /// <summary>The block of a result: what was found, then its tables; of none, that there is none.</summary>
    internal static string Of(JsonObject? result)
    {
        if (result is null)
            return string.Join('\n', Begin, NoRun, End);
        var lines = new List<string> { Begin, result["headline"]!.GetValue<string>(), "" };
        foreach (var section in result["sections"]!.AsArray())
        {
            var table = section!["table"]!;
            lines.AddRange([$"*{section["title"]}*", ""]);
            lines.Add($"| {string.Join(" | ", table["columns"]!.AsArray().Select(column => Escaped(column!.GetValue<string>())))} |");
            lines.Add($"|{string.Concat(table["columns"]!.AsArray().Select(_ => "---|"))}");
            lines.AddRange(table["rows"]!.AsArray().Select(row =>
                $"| {string.Join(" | ", row!.AsArray().Select(cell => cell!["text"]!.GetValue<string>()))} |"));
            lines.Add("");
        }
        lines.Add(End);
        return string.Join('\n', lines);
    }

    private static string Escaped(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);

    /// <summary>Takes over what a finished run found: its settings and its report without the plots.</summary>
    internal static void Take(string folder)
    {
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "config.json")))!;
        if (config["experiment"]?.GetValue<string>() != "pathcond/pretrained")
            return;
        var report = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "report.json")))!;
        var findings = report["parts"]![0]!["findings"]!;
        foreach (var section in findings["sections"]!.AsArray())
            _ = section!.AsObject().Remove("plots");
        var result = new JsonObject
        {
            ["experiment"] = config["experiment"]!.DeepClone(), ["settings"] = config["settings"]!.DeepClone(),
            ["version"] = report["environment"]!["version"]!.DeepClone(), ["machine"] = report["environment"]!["machine"]!.DeepClone(),
            ["headline"] = findings["headline"]!.DeepClone(), ["sections"] = findings["sections"]!.DeepClone(),
        };
        _ = Directory.CreateDirectory(Path.GetDirectoryName(ResultPath)!);
        File.WriteAllText(ResultPath, result.ToJsonString(RunJson.Indented) + "\n");
        string page = File.ReadAllText(PagePath);
        int from = page.IndexOf(Begin, StringComparison.Ordinal), to = page.IndexOf(End, from, StringComparison.Ordinal) + End.Length;
        File.WriteAllText(PagePath, page[..from] + Of(result) + page[to..]);
    }
}
