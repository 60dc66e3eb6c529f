using System.Text.Json;
using System.Text.RegularExpressions;

namespace Kappa.Lab.Tests.Reports;

public sealed partial class ReportWriterTests
{
    private static readonly Lazy<string> Whole = new(() => Html());

    private const string Nasty = "<script>alert('&\"x\"')</script>";

    [Fact]
    public void A_report_has_every_section()
    {
        string html = Html(task => task.ToyNotes = [new FindingSection("A note", "One.\n\nTwo.") { Table = new FindingTable(["a", "b"], [["1", "2"]]) }]);
        foreach (string part in new[]
        {
            "The optimizers, each at its best learning rate", "Controls", "inputs PCA-whitened beforehand",
            "against how long it is let loose</h2>", "rank the trials?</h2>", "rank correlation",
            "Learning curves</h2>", "data-plot=\"3\"", "Learning rates</h2>", "★", "<td class=\"best\">", "rowspan=\"", "<h2>A note</h2>",
            "<th scope=\"col\">a</th>", "<p>Two.</p>",
            "kappa compare run.json", "a machine", "1.2.3", "&quot;evaluateEvery&quot;: 5",
        })
            Assert.Contains(part, html, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_from_outside_are_escaped_everywhere()
    {
        string html = Html(
            task =>
            {
                task.MetricTitle = Nasty;
                task.ToyNotes = [new FindingSection(Nasty, Nasty) { Table = new FindingTable([Nasty], [[Nasty]]) }];
            },
            config => config with { Name = Nasty, Optimizers = [.. config.Optimizers.Select((optimizer, i) => optimizer with { Label = $"{Nasty}{i}" })] },
            Nasty);
        Assert.DoesNotContain("<script>alert", html, StringComparison.Ordinal);
        // In the data of the plots the names arrive whole.
        using var data = Data(html);
        Assert.Equal(Nasty, Plot(data, 1).GetProperty("title").GetString());
    }

    [Fact]
    public void A_report_asks_for_nothing_outside_itself()
    {
        string html = Whole.Value;
        Assert.Contains("default-src 'none'", html, StringComparison.Ordinal);
        string ownText = ScriptOrStyle().Replace(html, "");
        Assert.DoesNotContain("http", ownText.Replace("http-equiv", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain(" src=", ownText, StringComparison.Ordinal);
        Assert.DoesNotContain("<link", ownText, StringComparison.Ordinal);
        Assert.DoesNotContain("@import", html, StringComparison.Ordinal);
    }

    [Fact]
    public void The_plots_show_every_trial_and_the_medians_over_seeds()
    {
        using var data = Data(Whole.Value);
        Assert.Equal(20, Plot(data, 1).GetProperty("lines").EnumerateArray().Sum(points => points.GetProperty("x").GetArrayLength()));
        Assert.All(
            Plot(data, 1).GetProperty("lines").EnumerateArray(),
            points => Assert.StartsWith("learning rate ", points.GetProperty("hover")[0].GetString(), StringComparison.Ordinal));
        Assert.Equal("toy curve", Plot(data, 0).GetProperty("title").GetString());
        Assert.Equal(5, Plot(data, 0).GetProperty("lines").GetArrayLength());
        Assert.Equal("Validation loss", Plot(data, 2).GetProperty("title").GetString());
        var line = Plot(data, 2).GetProperty("lines")[0];
        Assert.Equal([0.0, 5, 10, 15, 20, 25, 30], line.GetProperty("x").EnumerateArray().Select(x => x.GetDouble()));
        Assert.All(Enumerable.Range(0, 7), i => Assert.InRange(
            line.GetProperty("y")[i].GetDouble(), line.GetProperty("low")[i].GetDouble(), line.GetProperty("high")[i].GetDouble()));
    }

    [Fact]
    public void Diverged_trials_are_counted_and_explained_and_the_report_is_still_written()
    {
        string html = Html(task => task.Poisoned = indices => true);
        Assert.Contains("<summary>20 of 20 trials diverged</summary>", html, StringComparison.Ordinal);
        Assert.Contains("4 of 4", html, StringComparison.Ordinal);
    }

    [Fact]
    public void A_comparison_without_a_finished_trial_has_a_short_page()
    {
        string html = Html(finished: 0);
        Assert.Contains("No trial is finished.", html, StringComparison.Ordinal);
        Assert.Contains("Only 0 of 20 trials are finished: the run was interrupted.", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<table>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("data-plot=", html, StringComparison.Ordinal);
    }

    [Fact]
    public void A_comparison_with_some_finished_trials_shows_them_and_says_so()
    {
        string html = Html(finished: 7);
        Assert.Contains("Only 7 of 20 trials are finished: the run was interrupted.", html, StringComparison.Ordinal);
        Assert.Contains("data-plot=\"3\"", html, StringComparison.Ordinal);
    }

    [Fact]
    public void A_report_of_hundreds_of_trials_is_written_and_stops_where_it_is_cancelled()
    {
        using var folder = new TemporaryFolder();
        var config = Toy.Config() with { Seeds = [.. Enumerable.Range(0, 80).Select(seed => (long)seed)] };
        var task = new PreparedToy();
        double[] horizons = [.. Enumerable.Range(1, 60).Select(horizon => (double)horizon)];
        TrialResult[] results = [.. config.Trials().Select((trial, i) => new TrialResult
        {
            Optimizer = trial.Optimizer.Label, LearningRate = trial.LearningRate, Seed = trial.Seed, Steps = 1,
            ValidationLoss = i % 17, Metric = i % 13, Identity = "", Instructions = "", Metrics = new MetricsMark(0, ""),
            Curves = [new HorizonCurve("a", horizons, [.. horizons.Select(horizon => horizon * (i % 19))])],
        })];
        Assert.True(results.Length >= 400);
        var run = new ComparisonFolder(new RunPart(folder["run"]));
        var outcome = new ComparisonOutcome(config, task, run, results, Summarizer.Summarize(config, task, results));
        var part = ComparisonReport.Of(outcome);
        ReportWriter.Write(new RunPart(folder["run"]), new Report("t", Environment(""), [part]));
        Assert.Contains("optimizer", File.ReadAllText(folder["run/report.html"]));
        Assert.Throws<OperationCanceledException>(() => ComparisonReport.Of(outcome, new CancellationToken(true)));
        var report = new Report("t", Environment(""), [part]);
        Assert.Throws<OperationCanceledException>(() => ReportWriter.Write(new RunPart(folder["other"]), report, new CancellationToken(true)));
        Assert.False(Directory.Exists(folder["other"]));
    }

    [Theory]
    [InlineData(0.123456, "0.123")]
    [InlineData(1234.5, "1230")]
    [InlineData(0.00012345, "1.23e-4")]
    [InlineData(73700, "7.37e+4")]
    [InlineData(0.9996, "1")]
    [InlineData(0, "0")]
    [InlineData(-2.5, "-2.5")]
    [InlineData(double.PositiveInfinity, "infinite")]
    public void Figures_have_three_digits(double value, string text) => Assert.Equal(text, Figures.Short(value));

    [Theory]
    [InlineData(0.0000121, "12 µs")]
    [InlineData(0.0032, "3.2 ms")]
    [InlineData(12.34, "12.3 s")]
    [InlineData(119.7, "2 min 00 s")]
    [InlineData(59.97, "1 min 00 s")]
    [InlineData(125, "2 min 05 s")]
    [InlineData(7320, "2 h 02 min")]
    public void Durations_have_a_unit(double seconds, string text) => Assert.Equal(text, Figures.Duration(seconds));

    private static RunEnvironment Environment(string command) => new(command, DateTimeOffset.UnixEpoch, "1.2.3", "a machine");

    private static string Html(
        Action<PreparedToy>? change = null, Func<ComparisonConfig, ComparisonConfig>? configure = null,
        string command = "kappa compare run.json", int finished = int.MaxValue)
    {
        using var folder = new TemporaryFolder();
        var config = configure?.Invoke(Toy.Config()) ?? Toy.Config();
        var task = new PreparedToy();
        change?.Invoke(task);
        using var run = Toy.Open(config, folder["run"]);
        TrialResult[] results = finished == 0 ? [] : [.. new ComparisonRunner(config, task).Run(run, 1, null, default).Take(finished)];
        var outcome = new ComparisonOutcome(config, task, new ComparisonFolder(run), results, Summarizer.Summarize(config, task, results));
        return HtmlPage.Of(new Report(config.Name, Environment(command), [ComparisonReport.Of(outcome)]));
    }

    private static JsonDocument Data(string html)
    {
        var match = Regex.Match(html, "<script type=\"application/json\" id=\"plots\">(.*)</script>");
        Assert.True(match.Success);
        return JsonDocument.Parse(match.Groups[1].Value);
    }

    private static JsonElement Plot(JsonDocument data, int index) => data.RootElement[0][index];

    [GeneratedRegex("<(script|style)[^>]*>.*?</\\1>", RegexOptions.Singleline)]
    private static partial Regex ScriptOrStyle();
}
