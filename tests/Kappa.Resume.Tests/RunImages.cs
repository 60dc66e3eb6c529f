namespace Kappa.Resume.Tests;

/// <summary>Runs of a study that tests begin from and compare with.</summary>
internal sealed class RunImages
{
    internal RunImages(Study study, Bench bench, string folder)
    {
        Study = study;
        (OldFolder, InterruptedFolder, FinishedFolder) = (Path.Combine(folder, "old"), Path.Combine(folder, "interrupted"), Path.Combine(folder, "finished"));
        Old = Make(bench, study.Start(Edition.Old, Bench.RunArgument), OldFolder);
        Finished = Make(bench, study.Start(Edition.New, Bench.RunArgument), FinishedFolder);
        bench.Restore(null);
        var (_, operations) = bench.Watch(study.Start(Edition.New, Bench.RunArgument), new Intervention());
        Assert.Null(bench.Look().DifferenceFrom(Finished));
        Operations = operations;
        // In the middle of the first write of the second half.
        int killAt = operations.First(operation => operation.Name == "write" && operation.Number > operations.Count / 2).Number;
        bench.Restore(null);
        var (outcome, _) = bench.Watch(study.Start(Edition.New, Bench.RunArgument), new Intervention(killAt, Half: true));
        Assert.True(outcome.Code == Outcome.Killed, $"{study.Name}: expected to be killed at operation {killAt}; {outcome.Describe()}");
        bench.SaveTo(InterruptedFolder);
    }

    internal Study Study { get; }

    /// <summary>The calls of a run of <see cref="Edition.New"/> from its start to its end.</summary>
    internal IReadOnlyList<Operation> Operations { get; }

    /// <summary>A finished run of <see cref="Edition.Old"/>.</summary>
    internal Fingerprint Old { get; }

    internal string OldFolder { get; }

    /// <summary>A finished run of <see cref="Edition.New"/>, never disturbed.</summary>
    internal Fingerprint Finished { get; }

    internal string FinishedFolder { get; }

    /// <summary>A run of <see cref="Edition.New"/> that was killed before its end.</summary>
    internal string InterruptedFolder { get; }

    private static Fingerprint Make(Bench bench, string[] arguments, string image)
    {
        bench.Restore(null);
        var outcome = bench.Execute(arguments);
        Assert.True(outcome.Code == 0, $"kappa {string.Join(' ', arguments)}: {outcome.Describe()}");
        bench.SaveTo(image);
        return bench.Look();
    }
}
