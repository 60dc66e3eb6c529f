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
    public void Pages_quote_numbers_that_results_have() => Assert.Empty(Committed.QuoteFaults());

    [Theory]
    [InlineData("**1.90** [1.49, 3.01] and 98%, 31.6 ms", "")]
    [InlineData("3.01 [1.49, 1.90] and 5 [-4, 6]%", "3.01 [1.49, 1.90]")]
    [InlineData("1.9, 0.98, 2, **1.49**, 7 seeds", "")]
    [InlineData("`code 77` and [a page](file-88.md) of Adam2 and 512x512", "")]
    [InlineData("1.91 in 5e-4 of 5.3e-4", "1.91")]
    [InlineData("97% of 3.1", "97%, 3.1")]
    public void A_quoted_number_is_one_of_the_results_as_rounded(string text, string unheld)
    {
        var result = JsonNode.Parse("""
            { "settings": { "seeds": 7 }, "cells": [{ "interval": { "estimate": 1.8994, "low": 1.49362, "high": 3.0080 } }, "-5 [-6, 4]", "5 [-4, 6]",
              { "text": "0.98 after 31.6 ms, 2" }, 5.28e-4] }
            """)!;
        Assert.Equal(unheld, string.Join(", ", QuotedNumbers.Unheld(text, [result])));
    }

    [Fact]
    public void A_page_that_quotes_what_is_not_there_is_told()
    {
        using var folder = Checkout();
        var results = new CommittedResults(folder.FullPath, KappaCatalog.Choices);
        Run(folder["run"], KappaCatalog.Choices.Find<Experiment>("pathcond/two-moons").Settings(ExperimentScale.Short));
        _ = results.Take(folder["run"]);
        const string Beginning = "<!-- numbers from results/pathcond/two-moons.json";
        File.WriteAllText(folder["docs/page.md"], $"{Beginning} -->\nwith 2 it is 1\n<!-- end -->\n");
        // Pages may speak of the comments.
        File.AppendAllText(folder["docs/page.md"], "of `<!-- numbers from results/... -->` and `<!-- made from results/... -->` with 7\n");
        Assert.Empty(results.QuoteFaults());
        Assert.Empty(results.FaultsOf("pathcond/two-moons"));
        File.WriteAllText(
            folder["docs/page.md"], $"{Beginning} -->\nwith 2.5 it is 1\n<!-- end -->\n{Beginning}, results/pathcond/other.json -->3\n<!-- end -->\n");
        Assert.Equal(
            ["docs/page.md quotes 2.5, which is no number of results/pathcond/two-moons.json",
                "docs/page.md quotes numbers from results/pathcond/other.json, which is not there"],
            results.QuoteFaults());
    }

    [Fact]
    public void A_comparison_of_a_committed_config_is_taken_and_holds_until_the_config_changes()
    {
        using var folder = Checkout();
        _ = Directory.CreateDirectory(folder["experiments"]);
        string config = File.ReadAllText(Path.Combine(Repository.Root(), "experiments/linear-control.json"));
        File.WriteAllText(folder["experiments/loop.json"], config);
        File.WriteAllText(folder["docs/page.md"], "<!-- made from results/compare/loop.json -->\n<!-- end -->\n");
        Run(folder["run"], []);
        var settings = SettingsOf<ComparisonConfig>.Write(ComparisonConfig.ReadFile(folder["experiments/loop.json"], KappaCatalog.Choices));
        File.WriteAllText(folder["run/config.json"], settings.ToJsonString());
        var results = new CommittedResults(folder.FullPath, KappaCatalog.Choices);
        Assert.Equal("compare/loop", results.Take(folder["run"]).Name);
        Assert.Equal("kappa compare experiments/loop.json", results.CommandOf("compare/loop"));
        Assert.Empty(results.FaultsOf("compare/loop"));
        // Settings that there were not yet are at their defaults, those that there are no longer are told.
        string file = folder["results/compare/loop.json"], text = File.ReadAllText(file);
        JsonNode older = JsonNode.Parse(text)!, stranger = JsonNode.Parse(text)!;
        Assert.True(older["settings"]!["optimizers"]![0]!.AsObject().Remove("epsilon"));
        File.WriteAllText(file, older.ToJsonString());
        Assert.Empty(results.FaultsOf("compare/loop"));
        stranger["settings"]!["optimizers"]![0]!["gone"] = 1;
        File.WriteAllText(file, stranger.ToJsonString());
        Assert.Matches("^it was found with settings that are read no longer: .*unknown field \"gone\"", Assert.Single(results.FaultsOf("compare/loop")));
        File.WriteAllText(file, text);
        File.WriteAllText(folder["experiments/loop.json"], config.Replace("\"condition\": 10000", "\"condition\": 20000", StringComparison.Ordinal));
        Assert.Equal(["it was found with other settings than kappa compare experiments/loop.json has"], results.FaultsOf("compare/loop"));
        File.Delete(folder["experiments/loop.json"]);
        Assert.Equal(["experiments/loop.json is not there, which it was found with"], results.FaultsOf("compare/loop"));
        Assert.Contains("Put the config there", Assert.Throws<RunFolderException>(() => results.Take(folder["run"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_of_changed_settings_has_a_name_of_its_own_and_its_command_says_them()
    {
        using var folder = Checkout();
        var results = new CommittedResults(folder.FullPath, KappaCatalog.Choices);
        var settings = KappaCatalog.Choices.Find<Experiment>("pathcond/two-moons").Settings(ExperimentScale.Short);
        settings["seeds"] = 77;
        Run(folder["run"], settings);
        File.WriteAllText(folder["docs/page.md"], "<!-- made from results/pathcond/two-moons-77.json -->\n<!-- end -->\n");
        Assert.Equal("pathcond/two-moons-77", results.Take(folder["run"], "pathcond/two-moons-77").Name);
        Assert.Equal("kappa reproduce pathcond/two-moons --set seeds=77", results.CommandOf("pathcond/two-moons-77"));
        Assert.Empty(results.FaultsOf("pathcond/two-moons-77"));
        foreach (string name in (string[])["two-moons", "a/b/c", "../a", "/a"])
            Assert.Contains("two parts", Assert.Throws<ArgumentException>(() => results.Take(folder["run"], name)).Message, StringComparison.Ordinal);
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
    [InlineData("""{ "name": "a training" }""", null, "expected a run of kappa reproduce or kappa compare")]
    [InlineData("""{ "name": "other", "optimizers": [] }""", null, "expected a comparison of a config of experiments/")]
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
