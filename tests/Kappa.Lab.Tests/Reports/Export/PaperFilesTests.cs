using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace Kappa.Lab.Tests.Reports.Export;

public sealed class PaperFilesTests
{
    private static readonly RunEnvironment Here = new("kappa report a b", DateTimeOffset.UnixEpoch, "1.2.3", "a machine");

    [Fact]
    public void A_report_reads_back_as_it_was_written()
    {
        using var folder = new TemporaryFolder();
        var report = Sample(folder, "a", "x");
        File.WriteAllText(folder["a/config.json"], "{ \"a\": 1 }");
        var read = ReportReader.Read(folder["a"]);
        Assert.Equal("{ \"a\": 1 }", read.Parts[0].Config);
        ReportWriter.Write(new RunPart(folder["again"]), report);
        ReportWriter.Write(new RunPart(folder["copy"]), read);
        Assert.Equal(File.ReadAllText(folder["again/report.json"]), File.ReadAllText(folder["copy/report.json"]));
        Assert.True(read.Parts[0].Findings.Sections[0].Plots[0].KeepsBands);
        Assert.Equal(SectionPlace.Folded, read.Parts[0].Findings.Sections[1].Place);
    }

    [Fact]
    public void Two_runs_become_one_report_in_which_a_line_keeps_its_colour()
    {
        using var folder = new TemporaryFolder();
        _ = Sample(folder, "a/run", "first", "both");
        _ = Sample(folder, "b/run", "second", "both");
        var sources = ReportSource.Read([folder["a/run"], folder["b/run"]]);
        Assert.Equal(["a/run", "b/run"], sources.Select(source => source.Name));
        var files = PaperFiles.Write(new RunPart(folder["out"]), sources, Here, ReportFormats.All);
        Assert.Equal(
            ["plots/a-run-01-loss.csv", "plots/a-run-01-loss.svg", "plots/b-run-01-loss.csv", "plots/b-run-01-loss.svg", "tables/a-run-01-one-of-all.csv",
                "tables/a-run-01-one-of-all.tex", "tables/b-run-01-one-of-all.csv", "tables/b-run-01-one-of-all.tex"],
            files.Order(StringComparer.Ordinal));
        Assert.All(files, file => Assert.True(File.Exists(folder[$"out/{file}"])));
        string ColorOf(string file, string name) => (string)XElement.Load(folder[$"out/plots/{file}"]).Elements()
            .Single(element => element.Name.LocalName == "g" && element.Elements().First().Value == name).Attribute("stroke")!;
        Assert.Equal(ColorOf("a-run-01-loss.svg", "both"), ColorOf("b-run-01-loss.svg", "both"));
        Assert.NotEqual(ColorOf("a-run-01-loss.svg", "first"), ColorOf("b-run-01-loss.svg", "second"));
        Assert.Contains(@"\caption{b/run: One of all}", File.ReadAllText(folder["out/tables/b-run-01-one-of-all.tex"]), StringComparison.Ordinal);
        string page = File.ReadAllText(folder["out/report.html"]);
        Assert.Contains("<h2>a/run</h2>", page, StringComparison.Ordinal);
        Assert.Contains("kappa train first", page, StringComparison.Ordinal);
        Assert.Contains("kappa train second", page, StringComparison.Ordinal);
        var merged = ReportReader.Read(folder["out"]);
        Assert.Equal(["kappa train first", "kappa train second"], merged.Parts.Select(part => part.Environment!.Command));
        var sourcesFile = JsonNode.Parse(File.ReadAllText(folder["out/sources.json"]))!;
        Assert.Equal(FileHash.Of(folder["a/run/report.json"]), (string?)sourcesFile["sources"]![0]!["sha256"]);
    }

    [Fact]
    public void Another_call_removes_what_an_earlier_one_made_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        _ = Sample(folder, "a", "x");
        var sources = ReportSource.Read([folder["a"]]);
        _ = PaperFiles.Write(RunPart.ForFindings(folder["out"], PaperFiles.SourcesName), sources, Here, ReportFormats.Latex | ReportFormats.Svg);
        File.WriteAllText(folder["out/tables/mine.tex"], "mine");
        var again = PaperFiles.Write(RunPart.ForFindings(folder["out"], PaperFiles.SourcesName), sources, Here, ReportFormats.Svg);
        Assert.Equal(["plots/study-x-01-loss.svg"], again);
        Assert.Equal(["mine.tex"], Directory.GetFiles(folder["out/tables"]).Select(Path.GetFileName));
        Assert.Throws<OperationCanceledException>(
            () => PaperFiles.Write(new RunPart(folder["none"]), sources, Here, ReportFormats.All, new CancellationToken(true)));
        Assert.False(Directory.Exists(folder["none"]));
    }

    [Theory]
    [InlineData("{}", "title")]
    [InlineData("null", "expected an object; got null")]
    [InlineData("""{"title":"t","environment":{"command":"","when":"2026-01-01T00:00:00Z","version":"","machine":""},"parts":[]}""", "at least one")]
    [InlineData("{ cut", "report.json")]
    public void A_report_that_is_damaged_is_named(string json, string expected)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["report.json"], json);
        var error = Assert.Throws<DamagedFileException>(() => ReportReader.Read(folder.FullPath));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains("Run the command again", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_and_rows_of_another_length_are_found()
    {
        using var folder = new TemporaryFolder();
        _ = Sample(folder, "a", "x");
        string whole = File.ReadAllText(folder["a/report.json"]);
        File.WriteAllText(folder["a/report.json"], whole.Replace("\"low\":[0,1]", "\"low\":[0]", StringComparison.Ordinal));
        Assert.Contains(
            "the line \"x\": expected one value for each of 2 points; got 1",
            Assert.Throws<DamagedFileException>(() => ReportReader.Read(folder["a"])).Message, StringComparison.Ordinal);
        File.WriteAllText(folder["a/report.json"], whole.Replace("\"columns\":[\"n\",", "\"columns\":[", StringComparison.Ordinal));
        Assert.Contains(
            "expected 1 cells in each row; got 2", Assert.Throws<DamagedFileException>(() => ReportReader.Read(folder["a"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_report_is_said_with_what_is_there()
    {
        using var folder = new TemporaryFolder();
        _ = Sample(folder, "runs/a", "x");
        File.WriteAllText(folder["file"], "");
        _ = Directory.CreateDirectory(folder["empty"]);
        string Error(params string[] names) => Assert.Throws<RunFolderException>(() => ReportSource.Read([.. names.Select(name => folder[name])])).Message;
        Assert.EndsWith("got nothing: there is no such folder", Error("none"), StringComparison.Ordinal);
        Assert.EndsWith("got a file. Name the folder that it is in", Error("file"), StringComparison.Ordinal);
        Assert.EndsWith("got a folder without one", Error("empty"), StringComparison.Ordinal);
        Assert.EndsWith("got a folder of folders that have one. Name them: a", Error("runs"), StringComparison.Ordinal);
        Assert.Contains("got it 2 times", Error("runs/a", "runs/a"), StringComparison.Ordinal);
    }

    private static Report Sample(TemporaryFolder folder, string path, params string[] lines)
    {
        FindingCell[][] rows =
            [["a", FindingCell.Of(new Interval(1, 0.5, double.PositiveInfinity))], ["b", FindingCell.Of(double.NaN) with { IsMarked = true }]];
        var plot = new LinePlot("Loss", "step", "", [.. lines.Select(line => new PlotLine(line, [1, 2], [3, double.NaN]) { Low = [0, 1], High = [4, 5] })])
        {
            KeepsBands = true, LogY = true, Marks = [new PlotMark(1, "m")],
        };
        var part = new ReportPart($"study/{lines[0]}", "What.", new Findings("Found.", [
            new FindingSection("One of all", "Text.") { Table = new FindingTable(["n", "v"], rows) { IsGrouped = true }, Plots = [plot] },
            new FindingSection("Two", "") { Place = SectionPlace.Folded, Verbatim = "v", Pictures = [new GreyPicture("p", 1, 1, [7])] },
        ]), "{}");
        var report = new Report($"Report of {lines[0]}", Here with { Command = $"kappa train {lines[0]}" }, [part]);
        ReportWriter.Write(new RunPart(folder[path]), report);
        return report;
    }
}
