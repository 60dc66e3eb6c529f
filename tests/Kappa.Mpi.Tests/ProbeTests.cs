using System.Text.Json.Nodes;

namespace Kappa.Mpi.Tests;

public sealed class ProbeTests
{
    // Which library carries the sums has nothing to do with what is summed: the two share the matrices.
    private static (string Matrix, int[] Processes)[] Jobs(string kind) => TrainingTests.IsFull ? [("hessian", [2, 4]), ("gauss-newton", [4]), ("fisher", [4])]
        : kind == MpiRun.OpenMpi ? [("hessian", [2]), ("gauss-newton", [4])]
        : [("hessian", [4]), ("fisher", [4])];

    [SkippableTheory]
    [EachLibrary]
    public void The_curvature_of_a_model_is_that_of_one_process_to_the_bit(string kind)
    {
        using var configs = new TrainingConfigs();
        configs.TrainAlone("transformer-adamw", "run");
        foreach (var (matrix, counts) in Jobs(kind))
        {
            string command = $"probe {configs.PathOf("run")} --matrix {matrix} --top 2 --samples 12 --batch 1 --tolerance 0.1 --pieces 8 --out ";
            var alone = CommandRun.Of([.. command.Split(' ')[..^1], configs.PathOf("alone")]);
            Assert.True(alone.ExitCode == 0, alone.Error);
            string expected = Figures("alone");
            foreach (int processes in counts)
            {
                var run = MpiRun.Kappa(kind, processes, configs.Folder, $"{command}shared");
                Assert.True(run.Code == 0, $"{run.Output}\n{run.Error}");
                Assert.Single(run.Output.Split("Report: ")[1..]);
                Assert.Equal(expected, Figures("shared"));
            }
        }

        string Figures(string folder)
        {
            var numbers = JsonNode.Parse(File.ReadAllText(configs.PathOf($"{folder}/probe.json")))!.AsObject();
            Assert.True(numbers.Remove("seconds"));
            Directory.Delete(configs.PathOf(folder), recursive: true);
            return numbers.ToJsonString();
        }
    }

    [SkippableTheory]
    [EachLibrary(2)]
    [EachLibrary(4)]
    public void Eigenpairs_from_a_basis_that_processes_share_are_those_of_one_process_to_the_bit(string kind, int processes)
    {
        string alone = Assert.Single(Lines(1))[2..];
        Assert.StartsWith("True True ", alone);
        Assert.Equal(Enumerable.Range(0, processes).Select(rank => $"{rank} {alone}"), Lines(processes));

        string[] Lines(int count)
        {
            var run = MpiRun.Scenario(kind, count, "eigen");
            Assert.True(run.Code == 0, $"{run.Output}\n{run.Error}");
            return run.Lines;
        }
    }

    [SkippableTheory]
    [EachLibrary]
    public void Of_a_product_that_fails_in_one_process_all_hear_why(string kind)
    {
        var run = MpiRun.Scenario(kind, 4, "change");
        Assert.NotEqual(0, run.Code);
        Assert.Equal(4, run.Lines.Length);
        // Sample 11 of 16 is of piece 5 of 0 to 7, which rank 2 holds.
        Assert.Equal("2 failed after 3 products", run.Lines[2]);
        Assert.All(
            run.Lines.Where(line => line[0] != '2'), line => Assert.Contains("heard rank 2: HessianOperator: samples 10 to 11 are not what they were", line));
    }

    [SkippableTheory]
    [EachLibrary]
    public void Processes_that_probe_other_weights_are_refused(string kind)
    {
        using var configs = new TrainingConfigs();
        configs.TrainAlone("transformer-adamw", "run");
        string[] last = MpiRun.KappaCommand("probe run/checkpoints/step-00000004 --top 1 --samples 4 --out last");
        string[] first = MpiRun.KappaCommand("probe run/checkpoints/step-00000002 --top 1 --samples 4 --out last");
        var run = MpiRun.Started(kind, [(1, last), (1, first)], configs.Folder).Finish();
        Assert.NotEqual(0, run.Code);
        Assert.Contains("the processes of the job differ: the data of rank 1 is not that of rank 0", run.Error);
    }
}
