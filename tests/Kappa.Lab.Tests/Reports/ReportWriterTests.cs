using System.Text.Json;
using System.Text.RegularExpressions;
using Kappa.Lab.Reports;
using Kappa.Lab.Runs;
using Kappa.Lab.Statistics;
using Kappa.Lab.Studies.Compare;
using Kappa.Lab.Tasks;
using Kappa.Lab.Tests.Studies.Compare;

namespace Kappa.Lab.Tests.Reports;

public sealed partial class ReportWriterTests
{
    private const string Nasty = "<script>alert('&\"x\"')</script>";

    [Fact]
    public void A_report_has_every_section()
    {
        string html = Html(task => task.ToyNotes = [new ReportNote("A note", "One.\n\nTwo.", ["a", "b"], [["1", "2"]])]);
        foreach (string part in new[]
        {
            "The optimizers, each at its best learning rate", "Controls", "inputs PCA-whitened beforehand", "data-plots=\"horizons\"", "data-plots=\"scatter\"",
            "data-plots=\"curves\"", "Learning rates</h3>", "★", "<h3>A note</h3>", "<p>Two.</p>", "kappa compare run.json", "a machine", "1.2.3", "&quot;evaluateEvery&quot;: 5",
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
                task.ToyNotes = [new ReportNote(Nasty, Nasty, [Nasty], [[Nasty]])];
            },
            config => config with { Name = Nasty, Optimizers = [.. config.Optimizers.Select((optimizer, i) => optimizer with { Label = $"{Nasty}{i}" })] },
            Nasty);
        Assert.DoesNotContain("<script>alert", html, StringComparison.Ordinal);
        // In the data of the plots the names arrive whole.
        Assert.Contains(Nasty, Data(html).RootElement.GetProperty("metricName").GetString()!, StringComparison.Ordinal);
    }

    [Fact]
    public void A_report_asks_for_nothing_outside_itself()
    {
        string html = Html();
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
        using var data = Data(Html());
        Assert.Equal(20, data.RootElement.GetProperty("scatter").EnumerateArray().Sum(points => points.GetProperty("x").GetArrayLength()));
        var horizon = data.RootElement.GetProperty("horizons")[0];
        Assert.Equal("toy curve", horizon.GetProperty("name").GetString());
        Assert.Equal(5, horizon.GetProperty("lines").GetArrayLength());
        var line = data.RootElement.GetProperty("validationLoss")[0];
        Assert.Equal([0.0, 5, 10, 15, 20, 25, 30], line.GetProperty("x").EnumerateArray().Select(x => x.GetDouble()));
        Assert.All(Enumerable.Range(0, 7), i => Assert.InRange(
            line.GetProperty("y")[i].GetDouble(), line.GetProperty("low")[i].GetDouble(), line.GetProperty("high")[i].GetDouble()));
    }

    [Fact]
    public void Diverged_trials_are_counted_and_explained_and_the_report_is_still_written()
    {
        string html = Html(task => task.Poisoned = indices => true);
        Assert.Contains("20 trials diverged", html, StringComparison.Ordinal);
        Assert.Contains("4 of 4", html, StringComparison.Ordinal);
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

    private static string Html(Action<PreparedToy>? change = null, Func<ComparisonConfig, ComparisonConfig>? configure = null, string command = "kappa compare run.json")
    {
        using var folder = new TemporaryFolder();
        var config = configure?.Invoke(Toy.Config()) ?? Toy.Config();
        var task = new PreparedToy();
        change?.Invoke(task);
        var run = RunFolder.Open(config, folder["run"], RunFolderMode.Fresh);
        var results = new ComparisonRunner(config, task, run).Run(1, null, default);
        var section = new ReportSection(config, task, run, results, Summarizer.Summarize(config, task, results));
        return ReportWriter.ToHtml(config.Name, new RunEnvironment(command, DateTimeOffset.UnixEpoch, "1.2.3", "a machine"), [section]);
    }

    private static JsonDocument Data(string html)
    {
        var match = Regex.Match(html, "<script type=\"application/json\" id=\"data-0\">(.*)</script>");
        Assert.True(match.Success);
        return JsonDocument.Parse(match.Groups[1].Value);
    }

    [GeneratedRegex("<(script|style)[^>]*>.*?</\\1>", RegexOptions.Singleline)]
    private static partial Regex ScriptOrStyle();
}
