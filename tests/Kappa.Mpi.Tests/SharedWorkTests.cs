using System.Diagnostics;
using System.Text;

namespace Kappa.Mpi.Tests;

public sealed class SharedWorkTests : IDisposable
{
    private const string Config = "run.json";

    private const string Comparison = """
        { "name": "shared", "task": { "name": "linear-control", "examples": 64, "validationExamples": 16, "horizon": 5 },
          "optimizers": [ { "name": "adamw" }, { "name": "dopr-muon", "matrices": "all" } ], "learningRates": [0.003, 0.01], "seeds": 3,
          "steps": 40, "batchSize": 16, "checkpointEvery": 20, "evaluateEvery": 10 }
        """;

    private const string Experiment =
        "reproduce pathcond/two-moons --set hidden=[[4]] methods=[\"plain\",\"pathcond\"] seeds=2 epochs=5 points=20 learningRates=[0.01,0.1]";

    private readonly string _folder = Directory.CreateTempSubdirectory("kappa-shared-").FullName;

    public SharedWorkTests() => File.WriteAllText(Path.Combine(_folder, Config), Comparison);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableTheory]
    [EachLibrary(3, "compare run.json")]
    [EachLibrary(2, Experiment)]
    public void Processes_take_work_from_one_list_and_find_what_one_finds(string kind, int processes, string command)
    {
        string expected = Alone(command);
        var shared = MpiRun.Kappa(kind, processes, _folder, $"{command} --out shared");
        Assert.True(shared.Code == 0, $"{shared.Output}\n{shared.Error}");
        Assert.Equal(expected, Describe("shared"));
        Assert.Contains("Report: ", shared.Output);
        Assert.Single(shared.Output.Split("Report: ")[1..]);
    }

    [SkippableTheory]
    [EachLibrary]
    public void Of_a_job_whose_process_is_killed_another_one_does_the_rest(string kind)
    {
        string expected = Alone("compare run.json");
        var job = MpiRun.Started(kind, [(3, MpiRun.KappaCommand("compare run.json --jobs 1 --out shared"))], _folder);
        string trials = Path.Combine(_folder, "shared", "trials");
        for (long start = Stopwatch.GetTimestamp(); !Directory.Exists(trials) && !job.HasEnded && Stopwatch.GetElapsedTime(start).TotalSeconds < 60;)
            Thread.Sleep(10);
        int victim = KillTests.ProcessesOf(Path.Combine(_folder, "shared")).Last();
        Assert.Equal(0, KillTests.Kill(victim, 9));
        long killed = Stopwatch.GetTimestamp();
        var ended = job.Finish();
        Assert.NotEqual(0, ended.Code);
        // MPICH's launcher ends all processes at once, before one of them can say who is missing.
        if (kind == MpiRun.OpenMpi)
            Assert.Matches(@"rank \d", ended.Output + ended.Error);
        Assert.True(Stopwatch.GetElapsedTime(killed).TotalSeconds < 10);
        var rest = MpiRun.Kappa(kind, 2, _folder, "compare --resume shared");
        Assert.True(rest.Code == 0, $"{rest.Output}\n{rest.Error}");
        Assert.Equal(expected, Describe("shared"));
    }

    [SkippableTheory]
    [EachLibrary]
    public void A_process_with_another_config_is_named_and_no_run_begins(string kind)
    {
        File.WriteAllText(Path.Combine(_folder, "other.json"), Comparison.Replace("\"steps\": 40", "\"steps\": 41"));
        var run = MpiRun.Started(
            kind, [(2, MpiRun.KappaCommand("compare run.json --out shared")), (1, MpiRun.KappaCommand("compare other.json --out shared"))], _folder)
            .Finish();
        Assert.NotEqual(0, run.Code);
        Assert.Contains("the processes of the job differ: the config of rank 2 is not that of most others", run.Error);
        Assert.False(Directory.Exists(Path.Combine(_folder, "shared")));
    }

    /// <summary>What this process finds, one piece of work at a time.</summary>
    private string Alone(string command)
    {
        string[] words = [.. command.Split(' ').Select(word => word == Config ? Path.Combine(_folder, word) : word)];
        var run = CommandRun.Of([.. words, "--jobs", "1", "--out", Path.Combine(_folder, "alone")]);
        Assert.True(run.ExitCode == 0, run.Error);
        return Describe("alone");
    }

    /// <summary>The files of all trials or cells: tensors by their bytes, results without their times.</summary>
    private string Describe(string run)
    {
        var text = new StringBuilder();
        string folder = Path.Combine(_folder, run);
        foreach (string file in Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            string name = Path.GetRelativePath(folder, file);
            if (!name.StartsWith("trials") && !name.StartsWith("cells"))
                continue;
            string? content = Path.GetExtension(file) switch
            {
                ".safetensors" => Scenarios.Hash(File.ReadAllBytes(file)),
                ".jsonl" => TrainingScenario.WithoutSeconds(File.ReadAllText(file)),
                _ when name.StartsWith("cells") => TrainingScenario.WithoutSeconds(File.ReadAllText(file)),
                _ => null,
            };
            text.Append(name).Append(": ").Append(content).Append('\n');
        }
        return text.ToString();
    }
}
