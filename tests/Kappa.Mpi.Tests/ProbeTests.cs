using System.Text.Json.Nodes;

namespace Kappa.Mpi.Tests;

public sealed class ProbeTests
{
    [SkippableTheory]
    [EachLibrary]
    public void The_curvature_of_a_model_is_that_of_one_process_to_the_bit(string kind)
    {
        using var configs = new TrainingConfigs();
        Succeed(MpiRun.Kappa(kind, 1, configs.Folder, "train transformer-adamw.json --out run"));
        foreach (string matrix in (string[])["hessian", "gauss-newton", "fisher"])
        {
            string command = $"probe run --matrix {matrix} --top 2 --samples 12 --batch 1 --tolerance 0.1 --pieces 8";
            string alone = Figures(1, $"{command} --out alone-{matrix}");
            foreach (int processes in (int[])(matrix == "hessian" ? [2, 4] : [4]))
                Assert.Equal(alone, Figures(processes, $"{command} --out {matrix}-of-{processes}"));
        }

        string Figures(int processes, string arguments)
        {
            var run = Succeed(MpiRun.Kappa(kind, processes, configs.Folder, arguments));
            Assert.Single(run.Output.Split("Report: ")[1..]);
            var numbers = JsonNode.Parse(File.ReadAllText(configs.PathOf($"{arguments.Split(' ')[^1]}/probe.json")))!.AsObject();
            Assert.True(numbers.Remove("seconds"));
            return numbers.ToJsonString();
        }
    }

    [SkippableTheory]
    [EachLibrary(2)]
    [EachLibrary(4)]
    public void Eigenpairs_from_a_basis_that_processes_share_are_those_of_one_process_to_the_bit(string kind, int processes)
    {
        string alone = Assert.Single(Succeed(MpiRun.Scenario(kind, 1, "eigen")).Lines)[2..];
        Assert.StartsWith("True True ", alone);
        Assert.Equal(Enumerable.Range(0, processes).Select(rank => $"{rank} {alone}"), Succeed(MpiRun.Scenario(kind, processes, "eigen")).Lines);
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
        Succeed(MpiRun.Kappa(kind, 1, configs.Folder, "train transformer-adamw.json --out run"));
        string[] last = MpiRun.KappaCommand("probe run/checkpoints/step-00000004 --top 1 --samples 4 --out last");
        string[] first = MpiRun.KappaCommand("probe run/checkpoints/step-00000002 --top 1 --samples 4 --out last");
        var run = MpiRun.Started(kind, [(1, last), (1, first)], configs.Folder).Finish();
        Assert.NotEqual(0, run.Code);
        Assert.Contains("error: the processes of the job differ: the data of rank 1 is not that of rank 0", run.Error);
    }

    private static MpiRun Succeed(MpiRun run)
    {
        Assert.True(run.Code == 0, $"{run.Output}\n{run.Error}");
        return run;
    }
}
