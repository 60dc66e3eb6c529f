using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Kappa.Lab.Tests.Reports;

/// <summary>Text from files and users, in every place of a report that takes any.</summary>
public sealed partial class OutsideTextTests
{
    public static TheoryData<string> Texts =>
    [
        "<script>alert(1)</script>", "</script><script>alert(1)</script>",
        "\" onload=\"alert(1)", "' onload='alert(1)", "javascript:alert(1)", "<a href=\"javascript:alert(1)\">x</a>",
        "<!--", "--><b>", "<style>", "]]>", "a\u2028b\u2029c", "a\0b\u0007c\u007fd\u009be",
        "\u001b[31mred\u001b[0m", "\u202eevil\u202c", "&lt;script&gt;", "%{text}", "\\u003cscript>", "\ud800",
    ];

    [Theory]
    [MemberData(nameof(Texts))]
    public void It_changes_no_tag_of_the_page_and_no_control_character_reaches_it(string text)
    {
        string page = HtmlPage.Of(Everywhere(text));
        Assert.Equal(TagsOf(HtmlPage.Of(Everywhere("plain"))), TagsOf(page));
        Assert.All(PlotsOf(page), character => Assert.InRange(character, ' ', '~'));
        Assert.DoesNotContain('<', PlotsOf(page));
        string own = Code().Replace(page, "");
        Assert.All(own, character => Assert.True(character == '\n' || !char.IsControl(character)));
        Assert.Equal(VisibleText.Of(own), own);
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public void It_arrives_in_the_plots_as_it_is_shown_and_in_the_file_for_programs_as_it_is(string text)
    {
        using var folder = new TemporaryFolder();
        ReportWriter.Write(new RunPart(folder.FullPath), Everywhere(text));
        using var plots = JsonDocument.Parse(PlotsOf(File.ReadAllText(folder["report.html"])));
        var plot = plots.RootElement[0][0];
        string shown = VisibleText.Of(text).Replace('\ud800', '\ufffd'), raw = text.Replace('\ud800', '\ufffd');
        Assert.All(
            [plot.GetProperty("title"), plot.GetProperty("xAxis"), plot.GetProperty("yAxis"), plot.GetProperty("marks")[0].GetProperty("text"),
                plot.GetProperty("lines")[0].GetProperty("name"), plot.GetProperty("lines")[0].GetProperty("hover")[0]],
            value => Assert.Equal(shown, value.GetString()));
        using var file = JsonDocument.Parse(File.ReadAllBytes(folder["report.json"]));
        var findings = file.RootElement.GetProperty("parts")[0].GetProperty("findings");
        Assert.Equal(raw, findings.GetProperty("headline").GetString());
        Assert.Equal(raw, findings.GetProperty("sections")[0].GetProperty("table").GetProperty("rows")[0][0].GetProperty("text").GetString());
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public void It_keeps_its_line_of_a_table_on_the_terminal(string text)
    {
        using var output = new StringWriter { NewLine = "\n" };
        TextReport.Write(output, new FindingTable([text, "b"], [[text + "\nx", "1"]]));
        Assert.Equal(2, output.ToString().TrimEnd('\n').Split('\n').Length);
        Assert.Equal(VisibleText.Of(output.ToString()), output.ToString());
    }

    [Fact]
    public void Only_the_scripts_and_the_styles_of_the_page_itself_are_allowed_by_their_hashes()
    {
        string page = HtmlPage.Of(Everywhere("plain"));
        string policy = Regex.Match(page, "Content-Security-Policy\" content=\"([^\"]*)\"").Groups[1].Value;
        string[] scripts = [.. Regex.Matches(page, "<script>(.*?)</script>", RegexOptions.Singleline).Select(match => Hash(match.Groups[1].Value))];
        string[] styles = [.. Regex.Matches(page, "<style[^>]*>(.*?)</style>", RegexOptions.Singleline).Select(match => Hash(match.Groups[1].Value))];
        Assert.Equal((2, 2), (scripts.Length, styles.Length));
        string style = $"{string.Join(' ', styles)} 'unsafe-hashes' {Hash("font-size:70%")}";
        string allowed = $"script-src {string.Join(' ', scripts)}; style-src {style}; img-src data: blob:";
        Assert.Equal($"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'", policy);
        Assert.DoesNotContain("\r", page, StringComparison.Ordinal);
        Assert.True(page.IndexOf("Content-Security-Policy", StringComparison.Ordinal) < page.IndexOf("<style", StringComparison.Ordinal));
        // The library adds a style of its own unless an element of this name is there.
        Assert.Contains($"getElementById(\"{HtmlPage.MapStyle}\")", page, StringComparison.Ordinal);
        Assert.DoesNotContain("innerHTML", page[page.LastIndexOf("<script>", StringComparison.Ordinal)..], StringComparison.Ordinal);
        Assert.DoesNotContain(" style=\"", Code().Replace(page, ""), StringComparison.Ordinal);
    }

    private static Report Everywhere(string text)
    {
        var plot = new LinePlot(text, text, text, [new PlotLine(text, [1, 2], [1, double.NaN]) { Hover = [text, text] }]) { Marks = [new PlotMark(1, text)] };
        FindingCell[][] cells = [[text, text], [text, FindingCell.Of(double.PositiveInfinity) with { IsMarked = true }]];
        var table = new FindingTable([text, text], cells) { IsGrouped = true };
        var section = new FindingSection(text, text) { Verbatim = text, Table = table, Plots = [plot], Pictures = [new GreyPicture(text, 1, 1, [7])] };
        var part = new ReportPart(text, text, new Findings(text, [section, section with { Place = SectionPlace.Folded }]), text) { Warning = text };
        return new Report(text, new RunEnvironment(text, DateTimeOffset.UnixEpoch, text, text), [part, part]);
    }

    private static string[] TagsOf(string page) => [.. Regex.Matches(Code().Replace(page, "$1"), "<[^>]*>").Select(match => match.Value)];

    private static string PlotsOf(string page) =>
        Regex.Match(page, "<script type=\"application/json\" id=\"plots\">(.*?)</script>", RegexOptions.Singleline).Groups[1].Value;

    private static string Hash(string text) => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}'";

    [GeneratedRegex("(<(script|style)[^>]*>).*?</\\2>", RegexOptions.Singleline)]
    private static partial Regex Code();
}
