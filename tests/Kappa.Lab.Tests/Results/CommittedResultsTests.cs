using System.Text.Json.Nodes;
using Kappa.Lab.Results;

namespace Kappa.Lab.Tests.Results;

/// <summary>The committed results hold: pages say what they say, settings are the commands', and the code is that which they were found with, or somebody said
/// why that does not matter.</summary>
public sealed class CommittedResultsTests
{
    private const string Page = "# Page\n\nbefore\n<!-- made from results/pathcond/two-moons.json, without: Tuning; part * -->";
    private static readonly CommittedResults Committed = new(Repository.Root(), KappaCatalog.Choices);

    public static TheoryData<string> Names => [.. Committed.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_result_holds(string name)
    {
        var faults = Committed.FaultsOf(name);
        Assert.True(
            faults.Count == 0,
            $"{name}: {string.Join("; ", faults)}. Run {Committed.CommandOf(name)}, then kappa results take <its folder>; or, where a change cannot move the "
                + "numbers, kappa results note \"why\"");
    }

    [Fact]
    public void What_is_taken_is_on_the_page_and_holds_until_the_code_changes()
    {
        using var folder = Checkout();
        var results = new CommittedResults(folder["docs"], KappaCatalog.Choices);
        Run(folder["run"], KappaCatalog.Choices.Find<Experiment>("pathcond/two-moons").Settings(ExperimentScale.Short));
        var (name, pages) = results.Take(folder["run"]);
        Assert.Equal(("pathcond/two-moons", "docs/page.md"), (name, Assert.Single(pages)));
        Assert.Equal(
            "# Page\n\nbefore\n<!-- made from results/pathcond/two-moons.json, without: Tuning; part * -->\nIt helps.\n\n*Losses*\n\n"
            + "| a \\| b | c |\n|---|---|\n| 1 | **2** |\n\n<!-- end -->\nbehind\n", File.ReadAllText(folder["docs/page.md"]));
        Assert.Equal([name], results.Names);
        Assert.Empty(results.FaultsOf(name));

        File.WriteAllText(folder["src/Kappa/Optimizers/AdamW.cs"], "class AdamW { /* other words */ int   beta = 1; } // and here\n");
        Assert.Empty(results.FaultsOf(name));
        File.WriteAllText(folder["src/Kappa.Lab/Experiments/Isometry/Other.cs"], "class Other { int changed; }");
        Assert.Empty(results.FaultsOf(name));
        File.WriteAllText(folder["src/Kappa/Optimizers/AdamW.cs"], "class AdamW { int beta = 2; }");
        Assert.Equal(["the code has changed since: src/Kappa/Optimizers"], results.FaultsOf(name));
        results.Note("It is a test.");
        Assert.Empty(results.FaultsOf(name));
        File.WriteAllText(folder["src/Kappa.Lab/Experiments/PathCond/Own.cs"], "class Own { int changed; }");
        Assert.Equal(["the code has changed since: src/Kappa.Lab/Experiments/PathCond"], results.FaultsOf(name));
    }

    [Fact]
    public void A_page_that_says_something_else_and_settings_that_are_not_the_commands_are_told()
    {
        using var folder = Checkout();
        var results = new CommittedResults(folder.FullPath, KappaCatalog.Choices);
        var settings = KappaCatalog.Choices.Find<Experiment>("pathcond/two-moons").Settings(ExperimentScale.Short);
        settings["seeds"] = 77;
        Run(folder["run"], settings);
        var (name, _) = results.Take(folder["run"]);
        Assert.Equal(["it was found with other settings than kappa reproduce pathcond/two-moons has"], results.FaultsOf(name));
        File.WriteAllText(folder["docs/page.md"], File.ReadAllText(folder["docs/page.md"]).Replace("**2**", "**3**", StringComparison.Ordinal));
        Assert.Contains("docs/page.md does not say what it says", results.FaultsOf(name));
        File.Delete(folder["docs/page.md"]);
        Assert.Contains(results.FaultsOf(name), fault => fault.StartsWith("no page has a place for it", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{ "experiment": "pathcond/two-moons", "settings": {} }""", "Only 1 of 2 cells are finished.", "expected a finished run")]
    [InlineData("""{ "name": "a comparison" }""", null, "expected a run of kappa reproduce")]
    public void A_run_that_cannot_be_taken_is_refused_and_nothing_is_written(string config, string? warning, string expected)
    {
        using var folder = Checkout();
        Run(folder["run"], [], warning);
        File.WriteAllText(folder["run/config.json"], config);
        var results = new CommittedResults(folder.FullPath, KappaCatalog.Choices);
        Assert.Contains(expected, Assert.Throws<RunFolderException>(() => results.Take(folder["run"])).Message, StringComparison.Ordinal);
        Assert.Empty(results.Names);
    }

    [Fact]
    public void Elsewhere_than_in_a_checkout_it_says_where_to_go()
    {
        using var folder = new TemporaryFolder();
        var error = Assert.Throws<DirectoryNotFoundException>(() => new CommittedResults(folder.FullPath, KappaCatalog.Choices));
        Assert.Contains("--root", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("int a; // x \"y\n int b;", "int a; int b;")]
    [InlineData("a /* b */ c", "a c")]
    [InlineData("\"// not a comment\" // one", "\"// not a comment\"")]
    [InlineData("@\"a\\\" + b // c", "@\"a\\\" + b")]
    [InlineData("\"\"\"a // b\n  \"c\" \"\"\" d", "\"\"\"a // b\n  \"c\" \"\"\" d")]
    [InlineData("'\"' // x", "'\"'")]
    [InlineData("\"\" // x", "\"\"")]
    public void Comments_and_spaces_do_not_count(string source, string bare) => Assert.Equal(bare, SourceState.Bare(source));

    private static TemporaryFolder Checkout()
    {
        var folder = new TemporaryFolder();
        string[] parts = ["docs", "results", "src/Kappa/Optimizers", "src/Kappa.Lab/Experiments/PathCond", "src/Kappa.Lab/Experiments/Isometry"];
        foreach (string part in parts)
            _ = Directory.CreateDirectory(folder[part]);
        File.WriteAllText(folder["Kappa.slnx"], "");
        File.WriteAllText(folder["src/Kappa/Optimizers/AdamW.cs"], "class AdamW { int beta = 1; }");
        File.WriteAllText(folder["docs/page.md"], $"{Page}\nold\n<!-- end -->\nbehind\n");
        return folder;
    }

    private static void Run(string folder, JsonObject settings, string? warning = null)
    {
        _ = Directory.CreateDirectory(folder);
        var config = new JsonObject { ["experiment"] = "pathcond/two-moons", ["settings"] = settings.DeepClone() };
        File.WriteAllText(Path.Combine(folder, "config.json"), config.ToJsonString());
        const string Table = """{ "columns": ["a | b", "c"], "rows": [[{ "text": "1" }, { "text": "2", "isMarked": true }]] }""";
        var part = new JsonObject
        {
            ["findings"] = JsonNode.Parse($$"""
                { "headline": "It helps.", "sections": [{ "title": "Losses", "text": "", "table": {{Table}}, "plots": [] },
                  { "title": "Tuning", "text": "", "table": {{Table}} }, { "title": "part of it", "text": "", "table": {{Table}} },
                  { "title": "Words", "text": "w" }] }
                """),
        };
        if (warning is not null)
            part["warning"] = warning;
        var report = new JsonObject
        {
            ["environment"] = new JsonObject { ["version"] = "1", ["machine"] = "a machine" }, ["parts"] = new JsonArray(part),
        };
        File.WriteAllText(Path.Combine(folder, "report.json"), report.ToJsonString());
    }
}
