namespace Kappa.Lab.Tests.Reports;

public sealed class HtmlFindingsTests
{
    [Theory]
    [InlineData(5, false, true)]
    [InlineData(6, false, false)]
    [InlineData(6, true, true)]
    public void Lines_have_bands_where_there_are_few_or_where_a_plot_keeps_them(int lines, bool keeps, bool haveBands)
    {
        var all = Enumerable.Range(0, lines).Select(i => new PlotLine($"{i}", [1, 2], [3, 4]) { Low = [2, 3], High = [4, 5] });
        var plot = new LinePlot("t", "x", "y", [.. all]) { KeepsBands = keeps };
        var drawn = HtmlFindings.Plots(Part(new FindingSection("s", "") { Plots = [plot] }))[0].Lines;
        Assert.Equal(lines, drawn.Count);
        Assert.All(drawn, line => Assert.Equal(haveBands, line.Low is not null && line.High is not null));
    }

    [Fact]
    public void An_interval_does_not_break_and_a_sentence_gets_width()
    {
        var table = new FindingTable(["a", "b"], [["95.0% [94.7, 95.3]", "a sentence that is long enough to need room"]]);
        Assert.Contains(
            "<td>95.0% <span class=\"interval\">[94.7, 95.3]</span></td><td class=\"long\">a sentence that is long enough to need room</td>",
            Html(new FindingSection("s", "") { Table = table }), StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_of_one_name_are_a_group_and_marked_cells_are_marked()
    {
        FindingCell[][] rows = [["a", FindingCell.Of(1.5)], ["a", FindingCell.Of(2.5) with { IsMarked = true }], ["b", FindingCell.Of(double.NaN)]];
        var table = new FindingTable(["n", "v"], rows) { IsGrouped = true };
        Assert.Contains(
            "<tr><th scope=\"rowgroup\" rowspan=\"2\">a</th><td class=\"number\">1.5</td></tr>\n<tr><td class=\"best number\">2.5</td></tr>\n"
            + "<tr><th scope=\"row\">b</th><td class=\"number\">not finite</td></tr>\n",
            Html(new FindingSection("s", "") { Table = table }), StringComparison.Ordinal);
    }

    [Fact]
    public void A_section_that_is_folded_stays_closed_and_text_that_keeps_its_lines_does()
    {
        string html = Html(new FindingSection("many", "One.\n\nTwo.") { Place = SectionPlace.Folded, Verbatim = "a\n  b" });
        Assert.Contains(
            "<details>\n<summary>many</summary>\n<p>One.</p>\n<p>Two.</p>\n<pre class=\"wrap\"><code>a\n  b</code></pre>\n</details>",
            html, StringComparison.Ordinal);
    }

    [Fact]
    public void Pictures_are_in_the_page_itself_with_pixels_enlarged_and_what_they_show_below()
    {
        string png = Convert.ToBase64String(GreyPng.Encode([0, 255], 2, 1));
        string html = Html(new FindingSection("s", "") { Pictures = [new GreyPicture("a < b", 2, 1, [0, 255]), new GreyPicture("c", 400, 1, new byte[400])] });
        Assert.Contains(
            $"<div class=\"pictures\"><figure><img src=\"data:image/png;base64,{png}\" alt=\"\" width=\"300\" height=\"150\">"
            + "<figcaption>a &lt; b</figcaption></figure><figure>", html, StringComparison.Ordinal);
        Assert.Contains("width=\"400\" height=\"1\"", html, StringComparison.Ordinal);
        Assert.DoesNotContain("figure", Html(new FindingSection("s", "")), StringComparison.Ordinal);
    }

    private static ReportPart Part(FindingSection section) => new("n", "", new Findings("", [section]), "{}");

    private static string Html(FindingSection section) => HtmlFindings.Of(Part(section), 0, isOnly: true);
}
