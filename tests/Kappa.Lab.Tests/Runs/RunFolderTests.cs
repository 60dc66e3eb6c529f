namespace Kappa.Lab.Tests.Runs;

public sealed class RunFolderTests
{
    [Fact]
    public void A_folder_with_the_same_config_is_refused_unless_told_to_resume_or_start_over()
    {
        using var folder = new TemporaryFolder();
        var config = Toy.Config();
        string path = folder["run"];
        _ = RunFolder.Open(config, path, RunFolderMode.Fresh);
        var error = Assert.Throws<RunFolderException>(() => RunFolder.Open(config, path, RunFolderMode.Fresh));
        Assert.Equal($"{path}: already holds this run (0 trials finished). --resume continues it, --force starts it over, another --out leaves it alone", error.Message);
        _ = RunFolder.Open(config, path, RunFolderMode.Resume);
        _ = RunFolder.Open(config, path, RunFolderMode.Force);
    }

    [Fact]
    public void A_folder_with_another_config_is_refused_telling_what_differs()
    {
        using var folder = new TemporaryFolder();
        var config = Toy.Config();
        _ = RunFolder.Open(config, folder["run"], RunFolderMode.Fresh);
        var changed = config with { BatchSize = 8, MaxGradientNorm = null, Seeds = [0, 5] };
        var error = Assert.Throws<RunFolderException>(() => RunFolder.Open(changed, folder["run"], RunFolderMode.Fresh));
        Assert.Contains("  seeds[1]: 1 there, 5 here\n  batchSize: 16 there, 8 here\n  maxGradientNorm: 5 there, absent here\n", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Starting_over_removes_the_trials_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        var config = Toy.Config() with { Seeds = [0] };
        _ = Toy.Run(config, folder["run"]);
        File.WriteAllText(folder["run/notes.txt"], "mine");
        _ = RunFolder.Open(config, folder["run"], RunFolderMode.Force);
        Assert.Empty(Directory.GetFileSystemEntries(folder["run/trials"]));
        Assert.Equal("mine", File.ReadAllText(folder["run/notes.txt"]));
    }

    [Fact]
    public void Starting_over_where_nothing_was_just_starts()
    {
        using var folder = new TemporaryFolder();
        _ = RunFolder.Open(Toy.Config(), folder["new/run"], RunFolderMode.Force);
        Assert.True(File.Exists(folder["new/run/config.json"]));
    }

    [Fact]
    public void A_folder_of_other_files_and_a_missing_run_to_resume_are_refused()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["thesis.tex"], "");
        Assert.Contains("holds files, but no run", Assert.Throws<RunFolderException>(() => RunFolder.Open(Toy.Config(), folder.FullPath, RunFolderMode.Force)).Message, StringComparison.Ordinal);
        Assert.Contains("there is no run to resume", Assert.Throws<RunFolderException>(() => RunFolder.Open(Toy.Config(), folder["none"], RunFolderMode.Resume)).Message, StringComparison.Ordinal);
        Assert.True(File.Exists(folder["thesis.tex"]));
    }
}
