using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Kappa.Mpi.Tests;

public sealed partial class KillTests(Xunit.Abstractions.ITestOutputHelper output)
{
    private static readonly int Rounds = int.Parse(Environment.GetEnvironmentVariable("KAPPA_MPI_KILLS") ?? "1");
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [SkippableTheory]
    [EachLibrary]
    public void A_run_whose_process_is_killed_ends_soon_and_goes_on_with_another_number_of_processes_to_the_same_bits(string kind)
    {
        using var configs = new TrainingConfigs();
        configs.Change("long", "transformer-dopr", ("steps", 60), ("checkpointEvery", 5), ("evaluateEvery", 10));
        configs.TrainAlone("long", "whole");
        string expected = TrainingScenario.HashOf(configs.PathOf("whole"));
        var random = new Random(kind.Length);
        for (int round = 0; round < Rounds; round++)
        {
            string run = configs.PathOf($"run{round}");
            var job = MpiRun.Started(kind, [(4, MpiRun.KappaCommand($"train long.json --out run{round}"))], configs.Folder);
            // At any moment after the run has begun, up to where about half of it is done.
            WaitFor(() => File.Exists(Path.Combine(run, "metrics.jsonl")) || job.HasEnded);
            Thread.Sleep(random.Next(0, 1500));
            int[] processes = ProcessesOf(run);
            int victim = processes.Length == 0 ? 0 : processes[random.Next(processes.Length)];
            string rank = RankOf(victim);
            bool isKilled = victim != 0 && Kill(victim, 9) == 0;
            long killed = Stopwatch.GetTimestamp();
            var ended = job.Finish();
            var took = Stopwatch.GetElapsedTime(killed);
            output.WriteLine($"{kind} {round}: rank {rank} killed {isKilled}, ended after {took.TotalSeconds:0.00} s with {ended.Code}");
            if (isKilled && ended.Code != 0)
            {
                Assert.True(took < Patience, $"round {round}: it took {took}");
                // MPICH's mpirun kills all others at once, before any of them can say which one was missing, and names the first that it started.
                string named = kind == MpiRun.OpenMpi ? $@"rank {rank}\b" : @"KILLED BY SIGNAL: 9|Killed \(signal 9\)";
                Assert.Matches(named, ended.Output + ended.Error);
            }
            WaitFor(() => ProcessesOf(run).Length == 0);
            Assert.Empty(ProcessesOf(run));
            // On a machine that is busy it may be killed before it has begun.
            string again = File.Exists(Path.Combine(run, "run.json")) ? $"train --resume run{round}" : $"train long.json --out run{round}";
            var resumed = MpiRun.Kappa(kind, round % 2 == 0 ? 2 : 8, configs.Folder, again);
            Assert.True(resumed.Code == 0, $"round {round}: {resumed.Output}\n{resumed.Error}");
            Assert.Equal(expected, TrainingScenario.HashOf(run));
        }
    }

    /// <summary>The processes of the command that writes a run, which mpirun started.</summary>
    internal static int[] ProcessesOf(string run) =>
    [
        .. Directory.GetDirectories("/proc").Select(path => int.TryParse(Path.GetFileName(path), out int id) ? id : 0)
            .Where(id => id != 0 && Words(id) is ["dotnet", .. var others] && others.Contains(Path.GetFileName(run))
                && FolderOf(id) == Path.GetDirectoryName(run)),
    ];

    private static string[] Words(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline").Split('\0');
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>What mpirun told a process of its rank.</summary>
    private static string RankOf(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/environ").Split('\0').Select(entry => entry.Split('=', 2))
                .First(entry => entry[0] is "OMPI_COMM_WORLD_RANK" or "PMI_RANK")[1];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return "";
        }
    }

    private static string? FolderOf(int process)
    {
        try
        {
            return new FileInfo($"/proc/{process}/cwd").LinkTarget;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static void WaitFor(Func<bool> condition)
    {
        for (long start = Stopwatch.GetTimestamp(); !condition() && Stopwatch.GetElapsedTime(start).TotalSeconds < 60;)
            Thread.Sleep(20);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    internal static partial int Kill(int process, int signal);
}
