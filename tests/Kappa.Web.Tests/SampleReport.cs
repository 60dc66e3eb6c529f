namespace Kappa.Web.Tests;

/// <summary>A report as commands write it.</summary>
internal static class SampleReport
{
    internal static string Of(params LinePlot[] plots)
    {
        using var folder = new TemporaryFolder();
        FindingCell[] row = [.. Enumerable.Range(0, 9).Select(i => FindingCell.Of(1.2345e-12 * (i + 1), "G4"))];
        var section = new FindingSection("a section", "") { Plots = plots, Table = new FindingTable([.. row.Select((_, i) => $"column {i}")], [row]) };
        var part = new ReportPart("a part", "", new Findings("", [section]));
        ReportWriter.Write(new RunPart(folder.FullPath), new Report("the report", RunEnvironment.Describe("kappa train", TimeProvider.System), [part]));
        return File.ReadAllText(folder[ReportWriter.PageName]);
    }
}
