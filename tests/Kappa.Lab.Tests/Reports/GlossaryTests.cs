namespace Kappa.Lab.Tests.Reports;

public sealed class GlossaryTests
{
    [Theory]
    [InlineData("DoPr-Muon against AdamW", "DoPr, Muon")]
    [InlineData("dopr-adamw", "DoPr")]
    [InlineData("pathcond/two-moons", "PathCond")]
    [InlineData("MuonO", "AdamO")]
    [InlineData("Delta_2^(D), D=10", "Delta_2^(D)")]
    [InlineData("Delta_2 alone, and a commuon", "")]
    public void A_page_explains_the_methods_that_it_names_and_no_others(string text, string expected)
    {
        string[] names = expected.Split(", ", StringSplitOptions.RemoveEmptyEntries);
        var line = new PlotLine(text, [1], [1]);
        var table = new FindingTable(["a"], [[text]]);
        FindingSection[] places =
        [
            new(text, ""), new("", text), new("", "") { Table = table }, new("", "") { Plots = [new LinePlot("", "", "", [line])] },
            new("", "") { Pictures = [new GreyPicture(text, 1, 1, [0])] },
        ];
        foreach (var place in places)
        {
            var report = ReportOf(place);
            Assert.Equal(names, Glossary.Of(report).Select(entry => entry.Name));
            string page = HtmlPage.Of(report);
            Assert.Equal(names.Length > 0, page.Contains("<summary>Methods</summary>", StringComparison.Ordinal));
            Assert.All(Glossary.Of(report), entry => Assert.Contains($"arXiv {entry.ArXiv}.", page, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Each_method_has_two_sentences()
    {
        var all = Glossary.Of(ReportOf(new FindingSection("DoPr PathCond AdamO Muon Delta_2^(D)", "")));
        Assert.Equal(5, all.Count);
        Assert.All(all, entry => Assert.Equal(2, entry.Text.Split(". ").Length));
        Assert.All(all, entry => Assert.Matches(@"^\d{4}\.\d{5}$", entry.ArXiv));
    }

    [Fact]
    public void An_experiment_named_after_a_figure_cites_it_and_every_paper_is_known()
    {
        var experiments = KappaCatalog.Choices.Of<Experiment>();
        string Said(Experiment experiment) => ExperimentReport.Of(
            experiment, experiment.Settings(ExperimentScale.Short), new Findings("", []), new CellResults([], 0)).Summary;
        Assert.Contains("After figure 5 of Kiselev and Grabovoy", Said(experiments.Single(one => one.FullName == "curvature/fig5")), StringComparison.Ordinal);
        Assert.Contains("After table 2 of Kiselev and Grabovoy", Said(experiments.Single(one => one.FullName == "curvature/table2")), StringComparison.Ordinal);
        Assert.Contains("The paper: Zhang", Said(experiments.Single(one => one.FullName == "dopr/chunks")), StringComparison.Ordinal);
        Assert.Equal(["together"], experiments.Select(one => one.Paper).Distinct().Where(paper => Glossary.PaperOf(paper) is null));
    }

    private static Report ReportOf(FindingSection section) => new(
        "t", new RunEnvironment("", DateTimeOffset.UnixEpoch, "", ""), [new ReportPart("n", "", new Findings("", [section]), "dopr-adamo")]);
}
