using OpenQA.Selenium;
using OpenQA.Selenium.Interactions;

namespace Kappa.Web.Tests;

/// <summary>A real browser looks on while a run goes on, and opens its report in the end.</summary>
public sealed class BrowserTests
{
    [SkippableFact]
    public async Task Pages_follow_a_run_by_themselves_and_its_report_opens()
    {
        using var browser = new Browser();
        using var runs = new WatchedRuns();
        await using var server = await RunServer.StartAsync(new RunPages(new ShownFolder(runs.Root), KappaCatalog.Choices), 0);
        var driver = browser.Driver;
        driver.Url = server.Address.ToString();
        browser.Wait("no run here yet", () => driver.PageSource.Contains("There is no run here yet", StringComparison.Ordinal));

        using (var run = runs.Begin("first-1", "train", WatchedRuns.Training(900)))
        {
            runs.Append("first-1", WatchedRuns.Line(0, 3));
            browser.Wait("the run is listed", () => Text(browser, "tbody").Contains("first-1", StringComparison.Ordinal));
            driver.FindElement(By.LinkText("first-1")).Click();
            browser.Wait("its curve is drawn", () => Points(browser) == 1);
            Assert.Contains("running", Text(browser, ".now"), StringComparison.Ordinal);
            // What a reader zoomed into stays.
            string whole = Range(browser);
            new Actions(driver).MoveToElement(driver.FindElement(By.CssSelector(".plot .nsewdrag"))).ClickAndHold().MoveByOffset(60, 40).Release().Perform();
            browser.Wait("it is zoomed", () => Range(browser) != whole);
            string zoomed = Range(browser);
            runs.Append("first-1", WatchedRuns.Line(30, 2), WatchedRuns.Line(60, 1));
            browser.Wait("the curve goes on", () => Points(browser) == 3);
            Assert.Equal(zoomed, Range(browser));
            Assert.Contains("60 of 900 steps", Text(browser, ".now"), StringComparison.Ordinal);
            WatchedRuns.Finish(run, SampleReport.Of(new LinePlot("a plot", "step", "", [new PlotLine("a line", [0, 1], [1, 2])])));
        }
        browser.Wait("the run is finished", () => Text(browser, ".now").Contains("finished", StringComparison.Ordinal));
        Assert.Empty(browser.Complaints());
        driver.FindElement(By.LinkText("Open the report")).Click();
        browser.Wait("the report is drawn", () => driver.FindElements(By.CssSelector(".plot svg")).Count > 0);
        Assert.Equal("the report", driver.FindElement(By.TagName("h1")).Text);
        Assert.Empty(browser.Complaints());

        Directory.Delete(runs["first-1"], recursive: true);
        driver.Navigate().Back();
        browser.Wait("the run is gone", () => driver.PageSource.Contains("There is no run here", StringComparison.Ordinal));
        await server.DisposeAsync();
        browser.Wait("the server is gone", () => driver.FindElement(By.Id("lost")).Displayed);
    }

    private static long Points(Browser browser) =>
        browser.Ask<long>("(data => data.length ? data[data.length - 1].x.length : 0)((document.querySelector('.plot') || {}).data || [])");

    private static string Range(Browser browser) => browser.Ask<string>("JSON.stringify(document.querySelector('.plot').layout.xaxis.range)");

    private static string Text(Browser browser, string selector) =>
        browser.Ask<string>($"(document.querySelector('{selector}') || {{innerText: ''}}).innerText");
}
