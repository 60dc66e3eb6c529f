using System.Text.Json.Nodes;

namespace Kappa.Lab.Tests.Experiments.TestTimeFeedback;

public sealed class AblationTests
{
    private const string Title = "What settings of activation preconditioning do";

    [Fact]
    public void Each_setting_is_varied_alone_and_stands_beside_the_default()
    {
        var settings = SmallStudy.Settings(
            ("ablations", JsonNode.Parse("""{ "gamma": [10, 0.01, 0.1], "refreshInterval": [1, 4], "movingAverage": [0.9, 0] }""")!),
            ("controls", new JsonArray()));
        var methods = ((FeedbackSettings)SmallStudy.Study.Read(settings, KappaCatalog.Choices)).Methods;
        Assert.Equal(
            ["AdamW", "DoPr-AdamW", "DoPr-AdamW, gamma 0.01", "DoPr-AdamW, gamma 10", "DoPr-AdamW, refresh interval 4", "DoPr-AdamW, moving average 0.9"],
            methods.Select(method => method.Title));
        Assert.Equal(
            [(0.01, 1, 0), (10, 1, 0), (0.1, 4, 0), (0.1, 1, 0.9)],
            methods.Skip(2).Select(method => method.Optimizer.ActivationPreconditioning!.Settings!)
                .Select(options => (options.Gamma, options.RefreshInterval, options.MovingAverage)));
        using var temporary = new TemporaryFolder();
        var results = ExperimentRuns.Run(SmallStudy.Study, temporary["run"], 2, settings);
        var findings = SmallStudy.Study.Plan(settings, KappaCatalog.Choices).Conclude(results);
        int section = findings.Sections.Index().Single(one => one.Item.Title == Title).Index;
        Assert.Equal(2, section);
        Assert.Equal(
            ["gamma", "gamma", "gamma", "refresh interval", "refresh interval", "moving average", "moving average"], SmallStudy.Column(findings, section, 0));
        Assert.Equal(
            ["0.01", "0.1", "10", "1", "4", "0", "0.9"],
            SmallStudy.Column(findings, section, 1).Select(value => value.Replace(" (edge)", "", StringComparison.Ordinal)));
        Assert.Equal(
            [false, true, false, true, false, true, false], SmallStudy.Column(findings, section, 7).Select(verdict => verdict == "as in the study"));
        // Neither methods of the study nor models that measures are to rank.
        Assert.Equal(["AdamW", "DoPr-AdamW"], SmallStudy.Column(findings, 0, 0));
        Assert.Equal(["DoPr-AdamW"], SmallStudy.Column(findings, 1, 0));
        Assert.DoesNotContain("gamma", findings.Headline, StringComparison.Ordinal);
        Assert.Equal(
            MainRuns(results), SmallStudy.Column(findings, 3, 2)[0], StringComparer.Ordinal);
        static string MainRuns(CellResults results)
        {
            var main = results.Finished.Where(result => result.Key.StartsWith("adamw/", StringComparison.Ordinal)
                || result.Key.StartsWith("dopr-adamw/", StringComparison.Ordinal)).ToArray();
            int runs = main.Sum(result => result.Value["runs"]?.AsArray().Count ?? (result.Value["byLoss"] is null ? 1 : 2));
            return runs.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }
    }

    [Theory]
    [InlineData(new[] { 3.0, 2, 1 }, "0.01|0.1|1 (edge)", "1, is at the edge")]
    [InlineData(new[] { 1.0, 2, 3 }, "0.01 (edge)|0.1|1", "0.01, is at the edge")]
    [InlineData(new[] { 2.0, 1, 3 }, "0.01|0.1|1", null)]
    [InlineData(new[] { 1.0, 1, 3 }, "0.01|0.1|1", null)]
    public void A_best_gamma_at_the_edge_is_said(double[] metrics, string values, string? said)
    {
        var settings = (FeedbackSettings)SmallStudy.Study.Read(
            SmallStudy.Settings(("ablations", JsonNode.Parse("""{ "gamma": [0.01, 1] }""")!), ("controls", new JsonArray())), KappaCatalog.Choices);
        MethodResult Of(int method, double metric)
        {
            FeedbackRun[] runs = [.. Enumerable.Range(0, 3).Select(
                seed => new FeedbackRun(new Candidate(0.1, null), seed, metric, metric, 1, new Dictionary<string, double>(), []))];
            return new MethodResult(settings.Methods[method], runs, runs, runs, AreSame: true);
        }
        // The default, 0.1, is the middle one.
        var results = new SettingResults(
            settings, new TaskFacts("cost", false, "s", new Dictionary<string, string>()),
            [Of(0, 5), Of(1, metrics[1]), Of(2, metrics[0]), Of(3, metrics[2])], Times: null);
        var section = FeedbackFindings.Of(results).Sections.Single(one => one.Title == Title);
        Assert.Equal(values, string.Join('|', section.Table!.Rows.Select(row => row[1].Text)));
        if (said is null)
            Assert.DoesNotContain("at the edge", section.Text, StringComparison.Ordinal);
        else
            Assert.Contains(said, section.Text, StringComparison.Ordinal);
    }
}
