using System.Text.Json.Nodes;

namespace Kappa.Cli.Tests;

public sealed class ReproduceCommandTests
{
    [Fact]
    public void An_experiment_prints_its_tables_and_its_answer_and_writes_a_report()
    {
        using var folder = new TemporaryFolder();
        var run = Run("reproduce", "arithmetic/doubles", "--set", "count=2", "--out", folder["run"]);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("\nDoubles\n  n  double\n  1  2\n  2  4\n\nAll 2 doubled.\n", run.Output, StringComparison.Ordinal);
        Assert.EndsWith($"Report: {folder["run/report.html"]}\n", run.Output, StringComparison.Ordinal);
        var again = Run("reproduce", "--resume", folder["run"]);
        Assert.Equal(0, again.ExitCode);
        Assert.Contains("All 2 doubled.", again.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_name_it_lists_them()
    {
        var run = Run("reproduce");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("arithmetic/doubles  Doubles of numbers.\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Explain_settings_says_what_each_means_and_takes()
    {
        var run = Run("reproduce", "arithmetic/doubles", "--set", "count=7", "--explain-settings");
        Assert.Equal((0, "    count = 7  how many (an integer of 1 or more)\n\n"), (run.ExitCode, run.Output));
        Assert.Contains(
            "count: expected an integer of 1 or more; got 0", Run("reproduce", "arithmetic/doubles", "--set", "count=0", "--explain-settings").Error,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Show_settings_prints_them_and_runs_nothing()
    {
        var run = Run("reproduce", "arithmetic/doubles", "--full", "--show-settings");
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(1000, JsonNode.Parse(run.Output)!["count"]!.GetValue<int>());
    }

    [Theory]
    [InlineData("unknown experiment \"arithmetic/duobles\"; did you mean \"arithmetic/doubles\"?", "reproduce", "arithmetic/duobles")]
    [InlineData("arithmetic/doubles: cout: unknown field \"cout\"; did you mean \"count\"?", "reproduce", "arithmetic/doubles", "--set", "cout=3")]
    [InlineData("--set: expected name=value, such as seeds=10; got count", "reproduce", "arithmetic/doubles", "--set", "count")]
    [InlineData("--resume takes everything else from the run's folder", "reproduce", "arithmetic/doubles", "--resume", "somewhere")]
    [InlineData("somewhere: there is no run of kappa reproduce here", "reproduce", "--resume", "somewhere")]
    public void Bad_usage_says_what_was_expected(string message, params string[] arguments)
    {
        var run = Run(arguments);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    private static CommandRun Run(params string[] arguments) => CommandRun.With(KappaCatalog.Choices.With<Experiment>([new Doubles()]), arguments);

    private sealed class Doubles : Experiment<Doubles.Size>
    {
        public override string Paper => "arithmetic";

        public override string Name => "doubles";

        public override string Summary => "Doubles of numbers.";

        protected override Size Short => new() { Count = 3 };

        protected override Size Full => new() { Count = 1000 };

        protected override IReadOnlyList<ExperimentCell> Cells(Size settings) =>
            [.. Enumerable.Range(1, settings.Count).Select(number => new ExperimentCell($"{number}", _ => new JsonObject { ["double"] = 2.0 * number }))];

        protected override Findings Conclude(Size settings, CellResults results) => new(
            $"All {results.Total} doubled.",
            [
                new FindingSection("Doubles", "")
                {
                    Table = new FindingTable(["n", "double"], [.. results.Finished.Select(result => new[] { result.Key, $"{result.Number("double")}" })]),
                },
            ]);

        internal sealed record Size
        {
            [Setting("how many", AtLeast = 1)]
            public int Count { get; init; }
        }
    }
}
