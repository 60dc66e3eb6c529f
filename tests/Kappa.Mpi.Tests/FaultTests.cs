using System.Diagnostics;

namespace Kappa.Mpi.Tests;

public sealed class FaultTests
{
    [SkippableTheory]
    [InlineData("transformer-muon", "the config of rank 2 is not that of most others")]
    [InlineData(
        "transformer-adamw", "the set of vector instructions of rank 2 is not that of most others", "env", "DOTNET_EnableAVX512=0", "DOTNET_EnableAVX2=0")]
    [InlineData(
        "transformer-adamw", "the data of rank 2 is not that of most others", "unshare", "-m", "sh", "-c", "mount --bind other.txt text.txt && exec \"$@\"",
        "sh")]
    public void A_process_that_was_started_otherwise_is_named(string config, string expected, params string[] under)
    {
        Skip.If(under is ["unshare", ..] && !MayMount(), "a file that only one process sees otherwise takes the right to mount");
        using var configs = new TrainingConfigs();
        configs.WriteText("other.txt", "gulls!");
        string[] common = MpiRun.KappaCommand("train transformer-adamw.json --out run");
        var run = MpiRun.Started(
            MpiRun.OpenMpi, [(2, common), (1, [.. under, .. MpiRun.KappaCommand($"train {config}.json --out run")]), (1, common)], configs.Folder).Finish();
        Assert.NotEqual(0, run.Code);
        Assert.Contains($"error: the processes of the job differ: {expected}", run.Error);
    }

    [SkippableTheory]
    [InlineData(4, "pieces: 2 pieces of a batch are shared by at most 2 processes; got 4")]
    [InlineData(3, "pieces: 2 pieces of a batch are shared by at most 2 processes; got 3")]
    public void Fewer_pieces_than_processes_are_refused_before_a_run_begins(int processes, string expected)
    {
        using var configs = new TrainingConfigs();
        configs.Change("few", "transformer-adamw", ("pieces", 2));
        foreach (string kind in (string[])[MpiRun.OpenMpi, MpiRun.Mpich])
        {
            var run = MpiRun.Kappa(kind, processes, configs.Folder, "train few.json --out run");
            Assert.NotEqual(0, run.Code);
            Assert.Contains($"error: {expected}", run.Error);
            Assert.False(Directory.Exists(configs.PathOf("run")));
        }
    }

    [SkippableTheory]
    [InlineData(MpiRun.OpenMpi)]
    [InlineData(MpiRun.Mpich)]
    public void A_loss_that_is_no_number_is_heard_by_all_with_rank_and_piece(string kind)
    {
        var run = MpiRun.Scenario(kind, 4, "nan");
        Assert.NotEqual(0, run.Code);
        Assert.Equal(4, run.Lines.Length);
        Assert.Equal("2 failed in step 2", run.Lines[2]);
        Assert.All(run.Lines.Where(line => line[0] != '2'), line => Assert.Contains("heard rank 2: piece 5 of 0 to 7 of the batch", line));
    }

    [SkippableFact]
    public void A_full_disk_ends_the_job_and_the_run_goes_on_when_there_is_room()
    {
        Skip.IfNot(MayMount(), "a disk of 120 kB takes the right to mount");
        using var configs = new TrainingConfigs();
        configs.Change("big", "transformer-adamw", ("steps", 6), ("checkpointEvery", 1));
        _ = Directory.CreateDirectory(configs.PathOf("small"));
        _ = Directory.CreateDirectory(configs.PathOf("kept"));
        string job = "mpirun.openmpi --oversubscribe --bind-to none -n 2 " + string.Join(' ', MpiRun.KappaCommand("train"));
        string script = "mount -t tmpfs -o size=120k none small || exit 9\n"
            + $"{job} big.json --out small/run && exit 8\n"
            + "mount -o remount,size=10m small || exit 7\n"
            + $"{job} --resume small/run && cp -r small/run kept/run";
        using var shell = Process.Start(new ProcessStartInfo("unshare", ["-m", "sh", "-c", script])
        {
            WorkingDirectory = configs.Folder, RedirectStandardError = true, RedirectStandardOutput = true,
            Environment = { ["OMPI_ALLOW_RUN_AS_ROOT"] = "1", ["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1", ["KAPPA_THREADS"] = "1", ["TERM"] = "dumb" },
        })!;
        var output = shell.StandardOutput.ReadToEndAsync();
        string error = shell.StandardError.ReadToEnd();
        shell.WaitForExit();
        Assert.True(shell.ExitCode == 0, $"{shell.ExitCode}: {output.Result}\n{error}");
        Assert.Contains("No space left on device", error);
        var whole = MpiRun.Kappa(MpiRun.OpenMpi, 1, configs.Folder, "train big.json --out whole");
        Assert.True(whole.Code == 0, whole.Error);
        Assert.Equal(TrainingScenario.HashOf(configs.PathOf("whole")), TrainingScenario.HashOf(configs.PathOf("kept/run")));
    }

    private static bool MayMount()
    {
        try
        {
            var start = new ProcessStartInfo("unshare", ["-m", "mount", "-t", "tmpfs", "none", "/mnt"]) { RedirectStandardError = true };
            using var process = Process.Start(start)!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
