namespace Kappa.Docs.Tests;

/// <summary>Every command line of the pages runs, in a short form, and prints what its page shows; or docs/check.json says why not.</summary>
[Collection(Scratch.CurrentFolder)]
public sealed class CommandRunTests(Scratch scratch) : IClassFixture<Scratch>
{
    private static readonly CommandTable Table = CommandTable.Read;

    public static TheoryData<string> Run => [.. Table.Run.Keys];

    [SkippableTheory]
    [MemberData(nameof(Run))]
    public void A_command_runs_and_prints_what_its_page_shows(string line)
    {
        string typed = Table.Run[line] is "=" ? line : Table.Run[line];
        var (exitCode, text) = scratch.Run(typed);
        Skip.If(exitCode == 127, $"a program is not installed: {typed}: {text}");
        Skip.If(exitCode != 0 && text.Contains("is not there. Install it", StringComparison.Ordinal), $"a data set is not installed: {typed}");
        Skip.If(exitCode != 0 && text.Contains("libmujoco", StringComparison.Ordinal), $"MuJoCo is not installed: {typed}");
        Assert.True(exitCode == 0, $"{line}\n{typed}\n{text}");
        foreach (var shown in CommandLine.All.Where(one => one.Text == line && one.Shown is not null))
        {
            string? found = PrintedText.Difference(shown.Shown!, text);
            Assert.True(found is null, $"{shown.Page}:{shown.Line}: {found}");
        }
    }

    [Fact]
    public void The_table_knows_every_command_line() => None(CommandLine.All.Where(line => !Table.Lines.Contains(line.Text)).Select(At));

    [Fact]
    public void The_table_knows_no_line_that_no_page_has_and_none_twice()
    {
        None(Table.Lines.Except(CommandLine.All.Select(line => line.Text)));
        None(Table.Lines.CountBy(line => line).Where(count => count.Value > 1).Select(count => count.Key));
    }

    [Fact]
    public void What_is_not_run_shows_nothing_that_it_prints() =>
        None(CommandLine.All.Where(line => line.Shown is not null && !Table.Run.ContainsKey(line.Text)).Select(At));

    [Theory]
    [InlineData("3 steps, 10 ms", "3 steps, 1,234.5 s", true)]
    [InlineData("loss 0.38211", "loss 0.38212", true)]
    [InlineData("loss 0.3821", "loss 0.3841", false)]
    [InlineData("3 steps", "4 steps", false)]
    [InlineData("one row", "two rows", false)]
    [InlineData("a\nb", "a", false)]
    [InlineData("a", "a\nb", false)]
    public void What_is_printed_is_compared(string shown, string printed, bool isSame) => Assert.Equal(isSame, PrintedText.Difference(shown, printed) is null);

    [Fact]
    public void Command_lines_are_found_in_blocks_and_what_is_said_of_them_is_left_out()
    {
        string[] page = ["    kappa a --b    said", "```", "./kappa c   # said", "# said",
            "mpirun -n 2 kappa d", "```", "```text", "not one", "```", "    file.txt"];
        Assert.Equal(["kappa a --b", "kappa c", "mpirun -n 2 kappa d"], CommandLine.Of("a.md", page).Select(line => line.Text));
        Assert.Equal("printed", Assert.Single(CommandLine.Of("a.md", ["```", "kappa a", "```", "```text", "printed", "```"])).Shown);
    }

    private static string At(CommandLine line) => $"{line.Page}:{line.Line}: {line.Text}";

    private static void None(IEnumerable<string> found)
    {
        string all = string.Join('\n', found);
        Assert.True(all.Length == 0, $"docs/check.json and the pages differ in\n{all}");
    }
}
