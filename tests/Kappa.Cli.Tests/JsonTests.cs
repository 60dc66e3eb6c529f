using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Kappa.Cli.Tests;

/// <summary><c>--json</c> of every command that prints a table: the standard output holds one JSON object, and all else goes to the standard error.</summary>
public sealed class JsonTests(SmallRuns runs) : IClassFixture<SmallRuns>
{
    // Why these have none.
    private static readonly Dictionary<string, string> WithoutTables = new()
    {
        ["data fetch"] = "package managers write to the standard output",
        ["schema"] = "JSON already",
        ["completion"] = "a script",
        ["export"] = "writes a file",
        ["generate"] = "an object for each text",
        ["report"] = "writes files",
        ["serve"] = "shows pages until it is stopped",
        ["results"] = "shows its help",
        ["results take"] = "writes files",
        ["results pages"] = "writes files",
        ["results note"] = "writes a file",
    };

    // What the tables of each must have: the title of a section and a field of its rows.
    public static TheoryData<string, string, string> Cases => new()
    {
        { "compare {run.json} --out {c}", "The optimizers, each at its best learning rate", "Validation loss" },
        { "demo --quick --jobs 2 --out {demo}", "The optimizers, each at its best learning rate", "Validation loss" },
        { "train {configs/train.json} --out {t}", "What it ended with", "column 1" },
        { "sweep {configs/sweep.json} --out {s}", "Trials", "optimizer.learningRate" },
        { "predict {run} {data/rows.csv}", "predictions", "p(kind1)" },
        { "diagnose {run} --kernel 4", "Weights", "largest" },
        { "probe {run} --samples 8 --top 2", "Largest eigenvalues of the Hessian", "eigenvalue" },
        { "rescale {model.onnx} --analyse", "scales", "median" },
        { "import {model.onnx}", "model", "parameters" },
        { "bench {model.onnx} --batches 1", "forward passes", "ms" },
        { "reproduce", "experiments", "summary" },
        { "reproduce pathcond/initialisation --explain-settings", "pathcond/initialisation", "default" },
        { "reproduce pathcond/initialisation --set seeds=1 --set width=16 --set ratios=[1] --set gains=[1] --out {r}", "", "" },
        { "optimizers", "settings", "meaning" },
        { "tasks", "settings", "meaning" },
        { "data", "data sets", "presence" },
        { "data list", "data sets", "presence" },
        { "devices", "devices", "device" },
        { "results check --root {checkout}", "", "" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_standard_output_is_one_object_with_the_tables(string line, string section, string field)
    {
        string[] arguments = [.. runs.Arguments(line), "--json"];
        var choices = KappaCatalog.Choices.With<LabTask>([KappaCatalog.Choices.Find<LabTask>("linear-control")]);
        var run = CommandRun.With(choices, arguments);
        Assert.True(run.ExitCode == 0, run.Error);
        var whole = JsonNode.Parse(run.Output)!;
        Assert.Equal(CodeVersion.Short, (string?)whole["version"]);
        Assert.StartsWith($"kappa {arguments[0]}", (string?)whole["command"], StringComparison.Ordinal);
        JsonNode[] sections = [.. whole["parts"]!.AsArray().SelectMany(part => part!["sections"]!.AsArray()).OfType<JsonNode>()];
        Assert.NotEmpty(sections);
        foreach (var rows in sections.Select(one => one["rows"]).OfType<JsonArray>())
        {
            var names = rows.Select(row => string.Join('|', row!.AsObject().Select(entry => entry.Key))).Distinct().ToArray();
            Assert.True(names.Length <= 1, string.Join("; ", names));
        }
        if (section.Length > 0)
        {
            Assert.Contains(
                sections, one => (string?)one["title"] == section && one["rows"] is JsonArray { Count: > 0 } rows && rows[0]!.AsObject().ContainsKey(field));
        }
        Assert.Equal(run.Error.Contains("Report: ", StringComparison.Ordinal), whole["report"] is not null);
        if ((string?)whole["report"] is { } report)
            Assert.True(File.Exists(report));
    }

    [Fact]
    public void Every_command_that_prints_a_table_takes_it_and_is_in_the_table_of_cases()
    {
        var cases = Cases.Select(row => (string)row[0]).ToArray();
        foreach (var (path, command) in Commands(Application.BuildRoot(Context()), ""))
        {
            bool takes = command.Options.OfType<JsonOption>().Any();
            Assert.True(takes != WithoutTables.ContainsKey(path), path);
            Assert.True(!takes || cases.Any(line => line == path || line.StartsWith(path + " ", StringComparison.Ordinal)), path);
        }
    }

    [Fact]
    public void Numbers_are_in_full()
    {
        var run = CommandRun.Of(runs.Arguments("probe {run} --samples 8 --top 2 --json --out {p}"));
        var exact = JsonNode.Parse(File.ReadAllText(runs["p/probe.json"]))!["eigenvalues"]!.AsArray().Select(value => value!.GetValue<double>());
        var rows = JsonNode.Parse(run.Output)!["parts"]![0]!["sections"]![0]!["rows"]!.AsArray();
        Assert.Equal(exact, rows.Select(row => row!["eigenvalue"]!.GetValue<double>()));
    }

    [Fact]
    public void What_fails_leaves_the_standard_output_empty_and_settings_are_JSON_of_their_own()
    {
        var failed = CommandRun.Of("compare", "none.json", "--json");
        Assert.Equal((2, ""), (failed.ExitCode, failed.Output));
        var settings = CommandRun.Of("reproduce", "pathcond/initialisation", "--show-settings", "--json");
        Assert.NotNull(JsonNode.Parse(settings.Output)!["seeds"]);
        Assert.NotNull(JsonDocument.Parse(settings.Output));
    }

    private static CommandContext Context() => new(TextWriter.Null, TextWriter.Null, KappaCatalog.Choices, TimeProvider.System, []);

    private static IEnumerable<(string Path, Command Command)> Commands(Command parent, string path) => parent.Subcommands.SelectMany(command =>
        Commands(command, $"{path}{command.Name} ").Prepend(($"{path}{command.Name}", command)));
}
