namespace Kappa.Cli.Tests;

/// <summary><c>--resume</c> takes the folder of a run, alone, in every command that has runs.</summary>
public sealed class ResumeConventionTests(SmallRuns runs) : IClassFixture<SmallRuns>
{
    public static TheoryData<string, string, string> Commands => new()
    {
        { "compare", "{run.json}", "a config, --out and --force" },
        { "train", "{configs/train.json}", "a config, --out and --force" },
        { "sweep", "{configs/sweep.json}", "a config, --out and --force" },
        {
            "reproduce", "pathcond/initialisation --set seeds=1 --set width=16 --set ratios=[1] --set gains=[1]",
            "the experiment, --full, --set, --out and --force"
        },
    };

    [Theory]
    [MemberData(nameof(Commands))]
    public void The_folder_is_all_that_it_takes(string command, string beginning, string others)
    {
        string name = $"resumed-{command}";
        var first = CommandRun.Of(runs.Arguments($"{command} {beginning} --out {{{name}}}"));
        Assert.True(first.ExitCode == 0, first.Error);
        var again = CommandRun.Of(runs.Arguments($"{command} --resume {{{name}}}"));
        Assert.True(again.ExitCode == 0, again.Error);
        foreach (string more in new[] { beginning.Split(' ')[0], "--out {other}", "--force" })
        {
            var both = CommandRun.Of(runs.Arguments($"{command} {more} --resume {{{name}}}"));
            Assert.Equal((2, $"error: --resume takes everything else from the run's folder; leave {others} out\n"), (both.ExitCode, both.Error));
        }
        var nowhere = CommandRun.Of(runs.Arguments($"{command} --resume {{nowhere}}"));
        Assert.Equal(2, nowhere.ExitCode);
        Assert.StartsWith($"error: {runs["nowhere"]}: there is no run of kappa {command} here", nowhere.Error, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void Without_a_folder_it_is_an_error(string command, string beginning, string others)
    {
        _ = others;
        var run = CommandRun.Of(runs.Arguments($"{command} {beginning} --resume"));
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("--resume", run.Error, StringComparison.Ordinal);
    }
}
