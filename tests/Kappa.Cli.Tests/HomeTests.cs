namespace Kappa.Cli.Tests;

/// <summary>Commands need no home folder: none, one that is not there, and one that is no folder.</summary>
public sealed class HomeTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("/none/such")]
    [InlineData("/dev/null")]
    public void Without_a_home_a_comparison_runs_and_lists_are_shown(string? home)
    {
        using var folder = new TemporaryFolder();
        string config = SmallConfig.WriteTo(folder);
        foreach (string[] arguments in (string[][])[["compare", config, "--out", "run"], ["data"], ["devices"], ["reproduce"]])
        {
            using var process = CliProcess.Start(folder.FullPath, [("HOME", home)], arguments);
            var (code, _, error) = CliProcess.Finish(process);
            Assert.Equal((0, ""), (code, error));
        }
    }
}
