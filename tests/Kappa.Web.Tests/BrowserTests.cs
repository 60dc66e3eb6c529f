using OpenQA.Selenium;
using OpenQA.Selenium.Chrome;
using OpenQA.Selenium.Interactions;

namespace Kappa.Web.Tests;

/// <summary>A real browser looks on while a run goes on, and opens its report in the end.</summary>
public sealed class BrowserTests
{
    private const string Driver = "chromedriver";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [SkippableFact]
    public async Task Pages_follow_a_run_by_themselves_and_its_report_opens()
    {
        string? folder = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .FirstOrDefault(path => File.Exists(Path.Combine(path, Driver)));
        Skip.If(folder is null, "chromium is not installed: apt-get install chromium chromium-driver");
        using var runs = new WatchedRuns();
        using var profile = new TemporaryFolder();
        await using var server = await RunServer.StartAsync(new RunPages(new ShownFolder(runs.Root), KappaCatalog.Choices), 0);
        using var service = ChromeDriverService.CreateDefaultService(folder, Driver);
        using var browser = new ChromeDriver(service, Options(profile));
        browser.Url = server.Address.ToString();
        Wait(browser, "no run here yet", () => browser.PageSource.Contains("There is no run here yet", StringComparison.Ordinal));

        using (var run = runs.Begin("first-1", "train", WatchedRuns.Training(900)))
        {
            runs.Append("first-1", WatchedRuns.Line(0, 3));
            Wait(browser, "the run is listed", () => Text(browser, "tbody").Contains("first-1", StringComparison.Ordinal));
            browser.FindElement(By.LinkText("first-1")).Click();
            Wait(browser, "its curve is drawn", () => Points(browser) == 1);
            Assert.Contains("running", Text(browser, ".now"), StringComparison.Ordinal);
            // What a reader zoomed into stays.
            string whole = Range(browser);
            new Actions(browser).MoveToElement(browser.FindElement(By.CssSelector(".plot .nsewdrag"))).ClickAndHold().MoveByOffset(60, 40).Release().Perform();
            Wait(browser, "it is zoomed", () => Range(browser) != whole);
            string zoomed = Range(browser);
            runs.Append("first-1", WatchedRuns.Line(30, 2), WatchedRuns.Line(60, 1));
            Wait(browser, "the curve goes on", () => Points(browser) == 3);
            Assert.Equal(zoomed, Range(browser));
            Assert.Contains("60 of 900 steps", Text(browser, ".now"), StringComparison.Ordinal);
            WatchedRuns.Finish(run, Report(run));
        }
        Wait(browser, "the run is finished", () => Text(browser, ".now").Contains("finished", StringComparison.Ordinal));
        Assert.Empty(Complaints(browser));
        browser.FindElement(By.LinkText("Open the report")).Click();
        Wait(browser, "the report is drawn", () => browser.FindElements(By.CssSelector(".plot svg")).Count > 0);
        Assert.Equal("the report", browser.FindElement(By.TagName("h1")).Text);
        Assert.Empty(Complaints(browser));

        Directory.Delete(runs["first-1"], recursive: true);
        browser.Navigate().Back();
        Wait(browser, "the run is gone", () => browser.PageSource.Contains("There is no run here", StringComparison.Ordinal));
        await server.DisposeAsync();
        Wait(browser, "the server is gone", () => browser.FindElement(By.Id("lost")).Displayed);
    }

    /// <summary>A report as commands write it, with a plot.</summary>
    private static string Report(RunFolder run)
    {
        var plot = new LinePlot("a plot", "step", "", [new PlotLine("a line", [0, 1], [1, 2])]);
        var part = new ReportPart("a part", "", new Findings("", [new FindingSection("a section", "") { Plots = [plot] }]));
        var made = run.Part("made");
        ReportWriter.Write(made, new Report("the report", RunEnvironment.Describe("kappa train", TimeProvider.System), [part]));
        return File.ReadAllText(made.PathOf(ReportWriter.PageName));
    }

    private static ChromeOptions Options(TemporaryFolder profile)
    {
        var options = new ChromeOptions();
        options.AddArguments(
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", $"--user-data-dir={profile.FullPath}");
        options.SetLoggingPreference(LogType.Browser, LogLevel.All);
        return options;
    }

    private static long Points(ChromeDriver browser) => (long)browser.ExecuteScript(
        "const data = (document.querySelector('.plot') || {}).data || []; return data.length ? data[data.length - 1].x.length : 0")!;

    private static string Range(ChromeDriver browser) =>
        (string)browser.ExecuteScript("return JSON.stringify(document.querySelector('.plot').layout.xaxis.range)")!;

    private static string Text(ChromeDriver browser, string selector) =>
        (string)browser.ExecuteScript("return (document.querySelector(arguments[0]) || {innerText: ''}).innerText", selector)!;

    /// <summary>What the browser said was wrong; that a page which is gone is not found is no fault.</summary>
    private static IEnumerable<string> Complaints(ChromeDriver browser) =>
        browser.Manage().Logs.GetLog(LogType.Browser).Select(entry => entry.Message).Where(message => !message.Contains("404", StringComparison.Ordinal));

    private static void Wait(ChromeDriver browser, string what, Func<bool> isSo)
    {
        for (var end = DateTime.UtcNow + Patience; !isSo(); Thread.Sleep(50))
            Assert.True(DateTime.UtcNow < end, $"{what}: {browser.PageSource}");
    }
}
