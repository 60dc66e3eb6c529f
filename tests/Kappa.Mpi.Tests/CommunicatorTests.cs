namespace Kappa.Mpi.Tests;

public sealed class CommunicatorTests
{
    [SkippableTheory]
    [EachLibrary(1)]
    [EachLibrary(2)]
    [EachLibrary(4)]
    public void Sums_are_those_of_one_process_to_the_bit(string kind, int processes)
    {
        foreach (int count in (int[])[3, 100_003])
        {
            string expected = $"{count} {Scenarios.Hash(Scenarios.SingleTree(0, 8, count))} {Scenarios.Hash(Scenarios.SumOfLeaves(0, 8, count))}";
            Assert.Equal(Enumerable.Range(0, processes).Select(rank => $"{rank} {expected}"), Succeeded(kind, processes, $"sum {count}").Lines);
        }
    }

    [SkippableTheory]
    [EachLibrary(1)]
    [EachLibrary(2)]
    [EachLibrary(4)]
    public void Parts_are_disjoint_and_make_up_the_whole_when_gathered(string kind, int processes)
    {
        string expected = Scenarios.Hash(Scenarios.SingleTree(0, 8, 1001));
        var lines = Succeeded(kind, processes, "parts").Lines;
        Assert.All(lines, line => Assert.EndsWith(expected, line));
        Assert.Equal(processes, lines.Select(line => line.Split(' ')[1]).Distinct().Count());
    }

    [SkippableTheory]
    [EachLibrary(1)]
    [EachLibrary(2)]
    [EachLibrary(4)]
    public void A_sum_sends_the_bytes_of_a_ring(string kind, int processes)
    {
        long expected = 2L * (processes - 1) * (4 << 20) / processes;
        Assert.Equal(Enumerable.Range(0, processes).Select(rank => $"{rank} {expected}"), Succeeded(kind, processes, "bytes").Lines);
    }

    [SkippableTheory]
    [EachLibrary(1)]
    [EachLibrary(2)]
    [EachLibrary(3)]
    [EachLibrary(5)]
    public void Messages_reach_all(string kind, int processes)
    {
        string all = string.Join('|', Enumerable.Range(0, processes).Select(rank => new string('x', rank) + $"from {rank}"));
        Assert.Equal(
            Enumerable.Range(0, processes).Select(rank => $"{rank} {all} root {processes - 1}"), Succeeded(kind, processes, "messages").Lines);
    }

    [SkippableTheory]
    [EachLibrary]
    public void Three_processes_take_no_sums_and_are_told_so(string kind)
    {
        var run = MpiRun.Scenario(kind, 3, "bytes");
        Assert.NotEqual(0, run.Code);
        Assert.Contains("expected mpirun -n 1, 2, 4, 8 or another power of two; got 3", run.Output);
    }

    [SkippableTheory]
    [EachLibrary]
    public void A_process_that_fails_is_heard_by_all(string kind)
    {
        var run = MpiRun.Scenario(kind, 4, "fail");
        Assert.NotEqual(0, run.Code);
        Assert.Equal(["0 heard rank 3: the disk is full", "1 heard rank 3: the disk is full", "2 heard rank 3: the disk is full"], run.Lines);
    }

    [SkippableTheory]
    [EachLibrary]
    public void A_killed_process_ends_the_job_which_says_so_and_leaves_no_orphans(string kind)
    {
        var run = MpiRun.Scenario(kind, 4, "kill");
        Assert.NotEqual(0, run.Code);
        Assert.True(run.Took < TimeSpan.FromSeconds(10), $"it took {run.Took}");
        // MPICH's mpirun kills all others at once, before any of them can say which one was missing.
        Assert.Contains(kind == MpiRun.OpenMpi ? "rank 3" : "Killed (signal 9)", run.Output + run.Error);
        foreach (string line in run.Lines.Where(line => line.Contains(" process ")))
            Assert.True(SpinWait.SpinUntil(() => IsGone(line.Split(' ')[^1]), TimeSpan.FromSeconds(5)), $"it is still there: {line}");
    }

    [SkippableTheory]
    [EachLibrary]
    public void Two_libraries_mixed_are_refused(string kind)
    {
        var (name, other, library, version) = kind == MpiRun.OpenMpi
            ? ("Open MPI", MpiRun.Mpich, "libmpich.so.12", "MPICH Version:") : ("MPICH", MpiRun.OpenMpi, "libmpi.so.40", "Open MPI v");
        MpiRun.RequireInstalled(other);
        Refused(library, $"started by the mpirun of {name}, and the library {library} is \"{version}");
        Refused("libnone.so", "whose library was not found (libnone.so)");

        void Refused(string given, string expected)
        {
            var run = MpiRun.Scenario(kind, 2, "bytes", ("KAPPA_MPI_LIBRARY", given));
            Assert.NotEqual(0, run.Code);
            Assert.Contains(expected, run.Output);
        }
    }

    [Fact]
    public void Without_mpirun_a_process_is_alone()
    {
        using var alone = Communicator.Start();
        Assert.Equal((0, 1, null), (alone.Rank, alone.Size, alone.LibraryVersion));
        float[] values = [1, 2];
        alone.Sum(values);
        Assert.Equal([1f, 2f], values);
        alone.ReduceScatter(values, [0, 2]);
        alone.AllGather(values, [0, 2]);
        Assert.Equal([1f, 2f], values);
        Assert.Throws<ArgumentException>(() => alone.AllGather(values, [0, 3]));
        Assert.Equal([7], Assert.Single(alone.Gather([7])));
        Assert.Equal([7], alone.Broadcast([7]));
        alone.Barrier();
        Assert.Equal(0, alone.BytesSent);
    }

    [Theory]
    [InlineData("4", "4", "OMPI_COMM_WORLD_RANK: expected a rank below OMPI_COMM_WORLD_SIZE, which is 4; got 4")]
    [InlineData("many", "0", "OMPI_COMM_WORLD_SIZE: expected an integer of 1 or more, as mpirun sets it; got \"many\"")]
    [InlineData("0", "0", "OMPI_COMM_WORLD_SIZE: expected an integer of 1 or more, as mpirun sets it; got \"0\"")]
    [InlineData("4", null, "OMPI_COMM_WORLD_RANK: expected an integer of 0 or more, as mpirun sets it; got \"\"")]
    [InlineData("4", "NaN", "OMPI_COMM_WORLD_RANK: expected an integer of 0 or more, as mpirun sets it; got \"NaN\"")]
    public void An_environment_that_contradicts_itself_is_named(string size, string? rank, string expected)
    {
        var error = Assert.Throws<MpiException>(() => Launch.Find(name => name.EndsWith("_SIZE") ? size : rank));
        Assert.StartsWith(expected, error.Message);
    }

    [Theory]
    [InlineData("Open MPI v5.0.3, package", true)]
    [InlineData("MPICH Version:\t4.0.2", false)]
    [InlineData("Intel(R) MPI Library 2021", false)]
    public void A_library_says_whose_it_is(string version, bool fits)
    {
        var error = Record.Exception(() => MpiLibrary.RequireKind(MpiKind.OpenMpi, "libmpi.so", version));
        Assert.Equal(fits, error is null);
    }

    /// <summary>Whether a process is no more, or dead and only not yet waited for.</summary>
    private static bool IsGone(string process)
    {
        string path = $"/proc/{process}/stat";
        return !File.Exists(path) || File.ReadAllText(path).Contains(") Z ");
    }

    private static MpiRun Succeeded(string kind, int processes, string scenario)
    {
        var run = MpiRun.Scenario(kind, processes, scenario);
        Assert.True(run.Code == 0, $"{run.Output}\n{run.Error}");
        return run;
    }
}
