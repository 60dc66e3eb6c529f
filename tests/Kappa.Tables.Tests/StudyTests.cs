using Kappa.Lab.Runs;

namespace Kappa.Tables.Tests;

public class StudyTests
{
    private static readonly StudySettings Tiny = new() { Rows = 300, Seeds = 2, TuningSeeds = 1, Epochs = 1, BatchSize = 32, Hidden = [8], Trees = 5 };

    [Fact]
    public void A_study_that_is_interrupted_goes_on_to_the_same_result_and_trains_nothing_twice()
    {
        using var folder = new TemporaryFolder();
        using var stop = new CancellationTokenSource();
        int said = 0;
        Assert.Throws<OperationCanceledException>(() => Run(folder["run"], RunFolderMode.Fresh, 2, _ =>
        {
            if (++said == 4)
                stop.Cancel();
        }, stop.Token));
        var resumed = Run(folder["run"], RunFolderMode.Resume, 1, _ => { }, CancellationToken.None);
        var whole = Run(folder["whole"], RunFolderMode.Fresh, 2, _ => { }, CancellationToken.None);
        Assert.Equal(WithoutSeconds(whole), WithoutSeconds(resumed));
        // Nothing is left to do: seconds are those of the first time.
        Assert.Equal(resumed.ToText(), Run(folder["run"], RunFolderMode.Resume, 2, _ => { }, CancellationToken.None).ToText());
        Assert.Equal(2, Directory.GetFiles(folder["run/data"], "*.csv").Length);
    }

    private static string WithoutSeconds(TableResult result) =>
        (result with { Methods = [.. result.Methods.Select(method => method with { Seconds = [] })] }).ToText();

    private static TableResult Run(string folder, RunFolderMode mode, int jobs, Action<string> say, CancellationToken cancellation)
    {
        using var run = RunFolder.Open(new RunRequest("tables", "tiny", []) { Path = folder, Mode = mode });
        run.Begin(new Dictionary<string, string>());
        return new Study(new IllConditionedTable(), Tiny, run, jobs, say).Run("the command", cancellation);
    }
}
