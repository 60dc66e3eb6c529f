using Kappa.Lab.Reports;
using Kappa.Lab.Statistics;

namespace Kappa.Lab.Tests.Reports;

public sealed class FindingsReportTests
{
    [Theory]
    [InlineData(5, true)]
    [InlineData(6, false)]
    public void Lines_have_bands_only_where_there_are_few(int lines, bool haveBands)
    {
        var plot = new LinePlot("t", "x", "y", [.. Enumerable.Range(0, lines).Select(i => new PlotLine($"{i}", [1, 2], [3, 4]) { Low = [2, 3], High = [4, 5] })]);
        var written = FindingsReport.Plots(new Findings("", [new FindingSection("s", "") { Plots = [plot] }])).Sections[0][0].Lines;
        Assert.Equal(lines, written.Count);
        Assert.All(written, line => Assert.Equal(haveBands, line.Low is not null && line.High is not null));
    }

    [Fact]
    public void An_interval_does_not_break_and_a_sentence_gets_width()
    {
        var table = new FindingTable(["a", "b"], [["95.0% [94.7, 95.3]", "a sentence that is long enough to need room"]]);
        string html = FindingsReport.Sections(new Findings("", [new FindingSection("s", "") { Table = table }]));
        Assert.Contains("<td>95.0% <span class=\"interval\">[94.7, 95.3]</span></td><td class=\"long\">a sentence that is long enough to need room</td>", html, StringComparison.Ordinal);
    }
}
