using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Kappa.Lab.Runs;

namespace Kappa.Mpi.Tests;

public sealed class FaultTests
{
    [SkippableTheory]
    [EachLibrary("transformer-muon", "the config of rank 2 is not that of most others")]
    [EachLibrary(
        "transformer-adamw", "the set of vector instructions of rank 2 is not that of most others", "env", "DOTNET_EnableAVX512=0", "DOTNET_EnableAVX2=0")]
    [EachLibrary(
        "transformer-adamw", "the data of rank 2 is not that of most others", "unshare", "-m", "sh", "-c", "mount --bind other.txt text.txt && exec \"$@\"",
        "sh")]
    public void A_process_that_was_started_otherwise_is_named(string kind, string config, string expected, params string[] under)
    {
        Skip.If(under is ["unshare", ..] && !MayMount(), "a file that only one process sees otherwise takes the right to mount");
        using var configs = new TrainingConfigs();
        configs.WriteText("other.txt", "gulls!");
        string[] common = MpiRun.KappaCommand("train transformer-adamw.json --out run");
        var run = MpiRun.Started(
            kind, [(2, common), (1, [.. under, .. MpiRun.KappaCommand($"train {config}.json --out run")]), (1, common)], configs.Folder).Finish();
        Assert.NotEqual(0, run.Code);
        Assert.Contains($"the processes of the job differ: {expected}", run.Error);
    }

    [SkippableTheory]
    [EachLibrary]
    public void A_process_of_another_version_of_Kappa_is_named(string kind)
    {
        using var configs = new TrainingConfigs();
        string other = configs.PathOf("other");
        CopyAsAnotherVersion(AppContext.BaseDirectory, other);
        string[] common = MpiRun.KappaCommand("train transformer-adamw.json --out run");
        var run = MpiRun.Started(kind, [(2, common), (1, ["dotnet", Path.Combine(other, "Kappa.Cli.dll"), .. common[2..]]), (1, common)], configs.Folder)
            .Finish();
        Assert.NotEqual(0, run.Code);
        Assert.Contains("the processes of the job differ: the version of Kappa of rank 2 is not that of most others", run.Error);
    }

    [SkippableTheory]
    [EachLibrary]
    public void What_other_processes_warn_of_is_said_once_by_the_first(string kind)
    {
        using var configs = new TrainingConfigs();
        // A penalty so strong that its step is bounded, of which the owner of each matrix alone knows.
        configs.Change("warned", "transformer-adamo", ("optimizer", new JsonObject { ["name"] = "adamo", ["learningRate"] = 0.003, ["strength"] = 1e6 }));
        var alone = configs.TrainAlone("warned", "alone");
        var shared = MpiRun.Kappa(kind, 4, configs.Folder, "train warned.json --out shared");
        Assert.Equal(0, shared.Code);
        Assert.NotEmpty(Warned(alone.Error));
        Assert.Equal(Warned(alone.Error), Warned(shared.Error));

        static string[] Warned(string error) => [.. error.Split('\n').Where(line => line.Contains("warning: ")).Order(StringComparer.Ordinal)];
    }

    [SkippableTheory]
    [EachLibrary(4, "pieces: 2 pieces of a batch are shared by at most 2 processes; got 4")]
    [EachLibrary(3, "pieces: 2 pieces of a batch are shared by at most 2 processes; got 3")]
    public void Fewer_pieces_than_processes_are_refused_before_a_run_begins(string kind, int processes, string expected)
    {
        using var configs = new TrainingConfigs();
        configs.Change("few", "transformer-adamw", ("pieces", 2));
        var run = MpiRun.Kappa(kind, processes, configs.Folder, "train few.json --out run");
        Assert.NotEqual(0, run.Code);
        Assert.Contains($"error: {expected}", run.Error);
        Assert.False(Directory.Exists(configs.PathOf("run")));
    }

    [SkippableTheory]
    [EachLibrary]
    public void A_loss_that_is_no_number_is_heard_by_all_with_rank_and_piece(string kind)
    {
        var run = MpiRun.Scenario(kind, 4, "nan");
        Assert.NotEqual(0, run.Code);
        Assert.Equal(4, run.Lines.Length);
        Assert.Equal("2 failed in step 2", run.Lines[2]);
        Assert.All(run.Lines.Where(line => line[0] != '2'), line => Assert.Contains("heard rank 2: piece 5 of 0 to 7 of the batch", line));
    }

    [SkippableTheory]
    [EachLibrary]
    public void A_full_disk_ends_the_job_and_the_run_goes_on_when_there_is_room(string kind)
    {
        MpiRun.RequireInstalled(kind);
        Skip.IfNot(MayMount(), "a disk of 120 kB takes the right to mount");
        using var configs = new TrainingConfigs();
        configs.Change("big", "transformer-adamw", ("steps", 6), ("checkpointEvery", 1));
        _ = Directory.CreateDirectory(configs.PathOf("small"));
        _ = Directory.CreateDirectory(configs.PathOf("kept"));
        string job = string.Join(' ', [.. MpiRun.Launcher(kind), "-n", "2", .. MpiRun.KappaCommand("train")]);
        string script = "mount -t tmpfs -o size=120k none small || exit 9\n"
            + $"{job} big.json --out small/run && exit 8\n"
            + "mount -o remount,size=10m small || exit 7\n"
            + $"{job} --resume small/run && cp -r small/run kept/run";
        using var shell = Process.Start(new ProcessStartInfo("unshare", ["-m", "sh", "-c", script])
        {
            WorkingDirectory = configs.Folder, RedirectStandardError = true, RedirectStandardOutput = true,
            Environment =
            {
                ["OMPI_ALLOW_RUN_AS_ROOT"] = "1", ["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1", ["KAPPA_THREADS"] = "1", ["TERM"] = "dumb",
                [MpiRun.SessionFolder] = configs.Folder,
            },
        })!;
        var output = shell.StandardOutput.ReadToEndAsync();
        string error = shell.StandardError.ReadToEnd();
        shell.WaitForExit();
        Assert.True(shell.ExitCode == 0, $"{shell.ExitCode}: {output.Result}\n{error}");
        Assert.Contains("No space left on device", error);
        configs.TrainAlone("big", "whole");
        Assert.Equal(TrainingScenario.HashOf(configs.PathOf("whole")), TrainingScenario.HashOf(configs.PathOf("kept/run")));
    }

    /// <summary>Kappa as it was built here, but for one digit of the version of its lab.</summary>
    private static void CopyAsAnotherVersion(string built, string to)
    {
        const string Lab = "Kappa.Lab.dll";
        _ = Directory.CreateDirectory(to);
        foreach (string path in Directory.GetFileSystemEntries(built))
        {
            string name = Path.GetFileName(path);
            // What starts the program is looked for where its file really is.
            if (name.StartsWith("Kappa.Cli."))
                File.Copy(path, Path.Combine(to, name));
            else if (name != Lab)
                _ = File.CreateSymbolicLink(Path.Combine(to, name), path);
        }
        byte[] library = File.ReadAllBytes(Path.Combine(built, Lab));
        byte[] version = Encoding.UTF8.GetBytes(CodeVersion.Current);
        int at = library.AsSpan().IndexOf(version);
        library[at + version.Length - 1] ^= 1;
        File.WriteAllBytes(Path.Combine(to, Lab), library);
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
