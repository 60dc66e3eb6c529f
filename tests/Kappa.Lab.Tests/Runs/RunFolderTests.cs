using System.Text.Json.Nodes;

namespace Kappa.Lab.Tests.Runs;

public sealed class RunFolderTests
{
    private static readonly Dictionary<string, string> Data = new() { ["words.txt"] = new string('a', 64) };

    [Fact]
    public void A_folder_with_the_same_config_is_refused_unless_told_to_resume_or_start_over()
    {
        using var folder = new TemporaryFolder();
        Begin(folder["run"], 1);
        var error = Assert.Throws<RunFolderException>(() => Open(folder["run"], 1));
        Assert.Equal($"{folder["run"]}: already holds this run. --resume continues it, --force starts it over, another --out leaves it alone", error.Message);
        Begin(folder["run"], 1, RunFolderMode.Resume);
        Begin(folder["run"], 1, RunFolderMode.Force);
    }

    [Fact]
    public void Another_config_or_other_data_is_refused_telling_what_differs_and_goes_on_where_it_is_amended()
    {
        using var folder = new TemporaryFolder();
        Begin(folder["run"], 1);
        var error = Assert.Throws<RunFolderException>(() => Open(folder["run"], 2, RunFolderMode.Resume));
        Assert.Contains("  steps: 1 when the run began, 2 now\n", error.Message, StringComparison.Ordinal);
        using (var run = Open(folder["run"], 1, RunFolderMode.Resume))
        {
            var other = Assert.Throws<RunFolderException>(() => run.Begin(new Dictionary<string, string> { ["words.txt"] = new string('b', 64) }));
            Assert.Contains(
                "data words.txt: contents of SHA-256 aaaaaaaaaaaa... when the run began, contents of SHA-256 bbbbbbbbbbbb... now", other.Message,
                StringComparison.Ordinal);
        }
        using (var run = Open(folder["run"], 2, RunFolderMode.Resume, amend: true))
        {
            run.Begin(Data, step: 7);
            Assert.Equal("from step 7: steps: 1 when the run began, 2 now", Assert.Single(run.Manifest.Amendments).ToString());
        }
        Begin(folder["run"], 2, RunFolderMode.Resume);
        Assert.Contains("\"steps\": 2", File.ReadAllText(folder["run/config.json"]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(RunFolderMode.Fresh)]
    [InlineData(RunFolderMode.Resume)]
    [InlineData(RunFolderMode.Force)]
    public void Another_command_leaves_the_folder_alone_whatever_it_is_told(RunFolderMode mode)
    {
        using var folder = new TemporaryFolder();
        Begin(folder["run"], 1);
        var error = Assert.Throws<RunFolderException>(() => Open(folder["run"], 1, mode, kind: "reproduce"));
        Assert.Contains("holds a run of kappa train, which kappa reproduce leaves alone", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("--force", error.Message, StringComparison.Ordinal);
        Assert.Contains(
            "holds a run", Assert.Throws<RunFolderException>(() => RunPart.ForFindings(folder["run"], "probe.json")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(RunFolderMode.Resume)]
    [InlineData(RunFolderMode.Force)]
    public void A_second_writer_is_told_who_holds_the_folder(RunFolderMode mode)
    {
        using var folder = new TemporaryFolder();
        Begin(folder["run"], 1);
        using (Open(folder["run"], 1, RunFolderMode.Resume))
        {
            var error = Assert.Throws<RunFolderException>(() => Open(folder["run"], 1, mode));
            Assert.Contains($"process {Environment.ProcessId} on {Environment.MachineName} is writing here since ", error.Message, StringComparison.Ordinal);
        }
        Begin(folder["run"], 1, mode);
    }

    [Fact]
    public async Task A_run_that_was_begun_while_another_process_waited_is_not_taken_for_nothing()
    {
        using var folder = new TemporaryFolder();
        var first = Open(folder["run"], 1);
        var second = Task.Run(() => Open(folder["run"], 2));
        // Time to find the folder without a run, and to wait for its lock.
        await Task.Delay(200);
        first.Begin(Data);
        first.Dispose();
        // On a machine that is slow, the other may have given up before; what it must not do is to begin.
        Assert.Matches("already holds a run|is writing here since", (await Assert.ThrowsAsync<RunFolderException>(() => second)).Message);
        Begin(folder["run"], 1, RunFolderMode.Resume);
    }

    [Fact]
    public void A_folder_that_cannot_be_written_to_is_not_said_to_be_anothers_and_is_given_free()
    {
        using var folder = new TemporaryFolder();
        Begin(folder["run"], 1);
        _ = Directory.CreateDirectory(folder["run/.kappa-owner.json"]);
        Assert.Contains(
            ".kappa-owner.json: could not be written", Assert.Throws<IOException>(() => Open(folder["run"], 1, RunFolderMode.Resume)).Message,
            StringComparison.Ordinal);
        Directory.Delete(folder["run/.kappa-owner.json"]);
        Begin(folder["run"], 1, RunFolderMode.Resume);
    }

    [Fact]
    public void A_run_that_cannot_stand_leaves_the_old_one_as_it_was_and_nothing_beside_it()
    {
        using var folder = new TemporaryFolder();
        Begin(folder["run"], 1);
        string before = File.ReadAllText(folder["run/run.json"]);
        using (Open(folder["run"], 2, RunFolderMode.Force))
            Assert.True(Directory.Exists(folder[".run.kappa-new"]));
        Assert.Equal(before, File.ReadAllText(folder["run/run.json"]));
        Assert.Equal(["run"], Directory.EnumerateFileSystemEntries(folder.FullPath).Select(Path.GetFileName));
        Open(folder["new"], 1).Dispose();
        Assert.False(Directory.Exists(folder["new"]));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void A_process_killed_while_it_replaced_a_run_leaves_the_old_one_or_the_new_one(bool oldMoved, bool newMoved)
    {
        using var folder = new TemporaryFolder();
        Begin(folder["run"], 1);
        Begin(folder[".run.kappa-new"], 2);
        if (oldMoved)
            Directory.Move(folder["run"], folder[".run.kappa-old"]);
        if (oldMoved && newMoved)
            Directory.Move(folder[".run.kappa-new"], folder["run"]);
        using (var run = Open(folder["run"], oldMoved && newMoved ? 2 : 1, RunFolderMode.Resume))
            run.Begin(Data);
        Assert.Equal(["run"], Directory.EnumerateFileSystemEntries(folder.FullPath).Select(Path.GetFileName));
    }

    [Fact]
    public void Every_changed_bit_of_the_manifest_is_found_and_the_file_named()
    {
        using var folder = new TemporaryFolder();
        Begin(folder["run"], 1);
        byte[] bytes = File.ReadAllBytes(folder["run/run.json"]);
        for (int bit = 0; bit < 8 * bytes.Length; bit++)
        {
            byte[] changed = [.. bytes];
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(folder["run/run.json"], changed);
            Assert.Contains(
                "run.json", Assert.Throws<DamagedFileException>(() => Open(folder["run"], 1, RunFolderMode.Resume)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_folder_of_other_files_and_a_missing_run_to_resume_are_refused()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["thesis.tex"], "");
        Assert.Contains(
            "holds files, but no run", Assert.Throws<RunFolderException>(() => Open(folder.FullPath, 1, RunFolderMode.Force)).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "there is no run", Assert.Throws<RunFolderException>(() => Open(folder["none"], 1, RunFolderMode.Resume)).Message, StringComparison.Ordinal);
        Assert.Equal(["thesis.tex"], Directory.EnumerateFileSystemEntries(folder.FullPath).Select(Path.GetFileName));
    }

    private static void Begin(string path, int steps, RunFolderMode mode = RunFolderMode.Fresh)
    {
        using var run = Open(path, steps, mode);
        run.Begin(Data);
    }

    private static RunFolder Open(string path, int steps, RunFolderMode mode = RunFolderMode.Fresh, bool amend = false, string kind = "train") =>
        RunFolder.Open(new RunRequest(kind, "test", new JsonObject { ["steps"] = steps }) { Path = path, Mode = mode, Amend = amend });
}
