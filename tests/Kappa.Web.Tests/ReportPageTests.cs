using System.Globalization;

namespace Kappa.Web.Tests;

/// <summary>Pages of reports where there is little room, little light, or paper.</summary>
public sealed class ReportPageTests
{
    private const string Title = "Where the larger class changes, seed 0, learning rate 0.0001, after so many epochs";

    [SkippableFact]
    public void Nothing_is_cut_on_a_telephone_and_on_paper_and_every_line_is_seen_in_the_dark()
    {
        using var browser = new Browser();
        using var folder = new TemporaryFolder();
        // As many lines as there are colours, and what somebody else reports.
        PlotLine[] lines =
        [
            new PlotLine("a paper", [0, 2], [3, 3]) { IsReference = true },
            .. Enumerable.Range(0, 10).Select(i => new PlotLine($"Delta_2^(D), D = {i}, sigma = 0.001", [0, 1, 2], [i, 1, 2])),
        ];
        File.WriteAllText(folder["report.html"], SampleReport.Of(new LinePlot(Title, "x", "y", lines), new LinePlot("short", "x", "y", lines[1..2])));
        _ = browser.Driver.ExecuteCdpCommand("Emulation.setDeviceMetricsOverride", new Dictionary<string, object?>
        {
            ["width"] = 390, ["height"] = 844, ["deviceScaleFactor"] = 1, ["mobile"] = true,
        });
        browser.Driver.Url = new Uri(folder["report.html"]).AbsoluteUri;
        browser.Wait("it is drawn", () => browser.Ask<long>("document.querySelectorAll('.plot .legend').length") == 2);

        Assert.Equal("dash lines, solid lines+markers", browser.Ask<string>(
            "document.querySelector('.plot').data.slice(0, 2).map(line => line.line.dash + ' ' + line.mode).join(', ')"));
        Assert.Equal(390, browser.Ask<long>("document.documentElement.scrollWidth"));
        Assert.True(browser.Ask<bool>("document.querySelector('.scroll').scrollWidth > 390"));
        // A number is in one line.
        Assert.Equal(1, browser.Ask<long>("Math.max(...[...document.querySelectorAll('td')].map(cell => (range => (range.selectNodeContents(cell), "
            + "range.getClientRects().length))(document.createRange())))"));
        const string Box = "const box = (plot, part) => plot.querySelector(part).getBoundingClientRect();";
        Assert.True((bool)browser.Driver.ExecuteScript(
            Box + "return [...document.querySelectorAll('.plot')].every(plot => box(plot, '.gtitle').right <= box(plot, '.modebar-group').left "
            + "&& box(plot, '.legend').bottom <= plot.getBoundingClientRect().bottom && box(plot, '.nsewdrag').height > 100)")!);

        const string Widths = "JSON.stringify([...document.querySelectorAll('.plot')].map(plot => plot.querySelector('.main-svg').clientWidth))";
        string onScreen = browser.Ask<string>(Widths);
        _ = browser.Driver.ExecuteScript("dispatchEvent(new Event('beforeprint'))");
        Assert.Equal("[340,340]", browser.Ask<string>(Widths));
        _ = browser.Driver.ExecuteScript("dispatchEvent(new Event('afterprint'))");
        Assert.Equal(onScreen, browser.Ask<string>(Widths));

        _ = browser.Driver.ExecuteCdpCommand("Emulation.setEmulatedMedia", new Dictionary<string, object?>
        {
            ["features"] = new[] { new Dictionary<string, object> { ["name"] = "prefers-color-scheme", ["value"] = "dark" } },
        });
        browser.Wait("it is dark", () => Colors(browser)[1] != "#0072b2");
        double page = Luminance("#16191d");
        Assert.All(Colors(browser), color => Assert.True((Luminance(color) + 0.05) / (page + 0.05) >= 3, color));
        Assert.Empty(browser.Complaints());
    }

    private static string[] Colors(Browser browser) =>
        browser.Ask<string>("document.querySelector('.plot').data.map(line => line.line.color).join(' ')").Split(' ');

    /// <summary>Relative luminance, as the guidelines of the web define it (WCAG 2.2); lines need a contrast of 3.</summary>
    private static double Luminance(string color)
    {
        double[] parts = [.. new[] { 1, 3, 5 }.Select(i => int.Parse(color.AsSpan(i, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0)
            .Select(part => part <= 0.04045 ? part / 12.92 : Math.Pow((part + 0.055) / 1.055, 2.4))];
        return (0.2126 * parts[0]) + (0.7152 * parts[1]) + (0.0722 * parts[2]);
    }
}
