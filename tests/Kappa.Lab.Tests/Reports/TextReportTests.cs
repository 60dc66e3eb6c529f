namespace Kappa.Lab.Tests.Reports;

public sealed class TextReportTests
{
    [Fact]
    public void A_terminal_shows_tables_and_short_texts_and_the_answer_last()
    {
        using var output = new StringWriter { NewLine = "\n" };
        var table = new FindingTable(["a", "long heading", "left out"], [["1", "2", "3"], ["100", "200", "300"]]) { TerminalColumns = 2 };
        TextReport.Write(
            output,
            new Findings("The answer.",
            [
                new FindingSection("First", "Not shown.") { Table = table },
                new FindingSection("Note", "Shown."),
                new FindingSection("Plotted", "Not shown.") { Plots = [new LinePlot("", "", "", [])] },
                new FindingSection("Detail", "Not shown.") { Place = SectionPlace.Report },
                new FindingSection("2 trials diverged", "Not shown.") { Place = SectionPlace.Folded },
            ]),
            "name");
        Assert.Equal(
            "\nname\n\nFirst\n  a    long heading\n  1    2\n  100  200\n\nNote: Shown.\n\nThe answer.\n2 trials diverged; the report says more.\n\n",
            output.ToString());
    }

    [Fact]
    public void A_table_without_headings_begins_with_its_rows_and_one_without_rows_is_nothing()
    {
        using var output = new StringWriter { NewLine = "\n" };
        TextReport.Write(output, new FindingTable(["", ""], [["a", "1"]]));
        TextReport.Write(output, new FindingTable(["", ""], (string[][])[]));
        Assert.Equal("  a  1\n", output.ToString());
    }
}
