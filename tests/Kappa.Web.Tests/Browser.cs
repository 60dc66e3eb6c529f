using OpenQA.Selenium;
using OpenQA.Selenium.Chrome;

namespace Kappa.Web.Tests;

/// <summary>Chromium without a window; the test is skipped where it is not installed.</summary>
internal sealed class Browser : IDisposable
{
    private const string DriverName = "chromedriver";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly TemporaryFolder _profile = new();
    private readonly ChromeDriverService _service;

    internal Browser()
    {
        string? folder = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .FirstOrDefault(path => File.Exists(Path.Combine(path, DriverName)));
        Skip.If(folder is null, "chromium is not installed: apt-get install chromium chromium-driver");
        var options = new ChromeOptions();
        options.AddArguments(
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", $"--user-data-dir={_profile.FullPath}");
        options.SetLoggingPreference(LogType.Browser, LogLevel.All);
        _service = ChromeDriverService.CreateDefaultService(folder, DriverName);
        Driver = new ChromeDriver(_service, options, Patience);
    }

    internal ChromeDriver Driver { get; }

    /// <summary>What the browser said was wrong; that a page which is gone is not found is no fault.</summary>
    internal IEnumerable<string> Complaints() =>
        Driver.Manage().Logs.GetLog(LogType.Browser).Select(entry => entry.Message).Where(message => !message.Contains("404", StringComparison.Ordinal));

    internal T Ask<T>(string expression) => (T)Driver.ExecuteScript($"return {expression}")!;

    internal void Wait(string what, Func<bool> isSo)
    {
        for (var end = DateTime.UtcNow + Patience; !isSo(); Thread.Sleep(50))
            Assert.True(DateTime.UtcNow < end, $"{what}: {Driver.PageSource}");
    }

    public void Dispose()
    {
        Driver.Dispose();
        _service.Dispose();
        _profile.Dispose();
    }
}
