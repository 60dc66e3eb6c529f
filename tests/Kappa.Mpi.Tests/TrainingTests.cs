namespace Kappa.Mpi.Tests;

public sealed class TrainingTests(TrainingTests.Reference reference) : IClassFixture<TrainingTests.Reference>
{
    internal static readonly bool IsFull = Environment.GetEnvironmentVariable("KAPPA_MPI_FULL") == "1";

    public static TheoryData<string, int> Jobs()
    {
        var jobs = new TheoryData<string, int>();
        foreach (string kind in MpiRun.Tested)
        {
            foreach (int count in (int[])(IsFull ? [1, 2, 4, 8] : kind == MpiRun.OpenMpi ? [2, 8] : [4]))
                jobs.Add(kind, count);
        }
        return jobs;
    }

    [SkippableTheory]
    [MemberData(nameof(Jobs))]
    public void Weights_and_metrics_are_those_of_one_process_to_the_bit(string kind, int processes)
    {
        using var configs = new TrainingConfigs();
        // A process of eight has one piece, whatever is made of it: there each model and each optimizer come once.
        string[] names = processes == 8 && !IsFull ? TrainingConfigs.EachOnce : TrainingConfigs.Names;
        var run = MpiRun.Scenario(kind, processes, $"train {configs.Folder} {string.Join(' ', names)}");
        Assert.True(run.Code == 0, $"{run.Output}\n{run.Error}");
        // Without the bytes that were sent.
        Assert.Equal(names.Select(name => reference.Lines[name]), run.Lines.Select(line => line[..line.LastIndexOf(' ')]));
    }

    [SkippableTheory]
    [EachLibrary]
    public void The_command_trains_and_resumes_on_another_number_of_processes(string kind)
    {
        using var configs = new TrainingConfigs();
        configs.Change("longer", "transformer-dopr", ("steps", 8));
        configs.TrainAlone("longer", "whole");
        Succeed(MpiRun.Kappa(kind, 4, configs.Folder, "train longer.json --out parts"));
        Directory.Delete(configs.PathOf("parts/checkpoints/step-00000008"), recursive: true);
        File.Delete(configs.PathOf("parts/result.json"));
        var resumed = Succeed(MpiRun.Kappa(kind, 2, configs.Folder, "train --resume parts"));
        Assert.Contains("2 processes shared 8 pieces of each batch", resumed.Output);
        Assert.Equal(TrainingScenario.HashOf(configs.PathOf("whole")), TrainingScenario.HashOf(configs.PathOf("parts")));
    }

    private static MpiRun Succeed(MpiRun run)
    {
        Assert.True(run.Code == 0, $"{run.Output}\n{run.Error}");
        return run;
    }

    /// <summary>What one process makes of the configs, without mpirun.</summary>
    public sealed class Reference
    {
        public Reference()
        {
            using var configs = new TrainingConfigs();
            using var output = new StringWriter();
            var before = Console.Out;
            Console.SetOut(output);
            try
            {
                using var alone = Communicator.Start();
                TrainingScenario.Run(alone, configs.Folder, TrainingConfigs.Names);
            }
            finally
            {
                Console.SetOut(before);
            }
            Lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line[..line.LastIndexOf(' ')])
                .ToDictionary(line => line.Split(' ')[1]);
        }

        /// <summary>The line of each config.</summary>
        internal Dictionary<string, string> Lines { get; }
    }
}
