namespace Kappa.Cli.Tests;

/// <summary>An option that asks for more than there is, is an error that names it and how much there is, in every command; a default makes do with what is
/// there.</summary>
public sealed class MoreThanThereIsTests(SmallRuns runs) : IClassFixture<SmallRuns>
{
    public static TheoryData<string, string> Cases => new()
    {
        { "diagnose {run} --examples 100000", "--examples: expected 18 at most, since there are no more validation examples; got 100000" },
        { "diagnose {run} --jacobians 19", "--jacobians: expected 18 at most, since there are no more validation examples; got 19" },
        { "diagnose {run} --kernel 19", "--kernel: expected 18 at most, since there are no more validation examples; got 19" },
        { "diagnose {texts} --examples 100000", "--examples: expected " },
        { "probe {run} --samples 73", "--samples: expected 72 at most, since there are no more training samples; got 73" },
        { "probe {run} --data validation --samples 19", "--samples: expected 18 at most, since there are no more validation samples; got 19" },
        { "probe {run} --top 100000", "--top: expected " },
        { "probe {run} --parameters 0.bias --top 100", "eigenpairs; 100 were asked for" },
        { "probe {run} --criteria --k 72", "73 samples were asked for; the training data has 72" },
        { "probe {run} --criteria --dimensions 100000", "eigenpairs; 100000 were asked for" },
        { "generate {texts} --top-k 100000", "--top-k: expected " },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void It_is_refused_by_name(string line, string message)
    {
        var run = CommandRun.Of(runs.Arguments(line));
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void All_that_there_is_can_be_asked_for_and_is_taken()
    {
        var diagnosis = CommandRun.Of(runs.Arguments("diagnose {run} --examples 18 --kernel 18 --jacobians 18 --out {all}"));
        Assert.Equal((0, ""), (diagnosis.ExitCode, diagnosis.Error));
        Assert.Contains(" of 18.", diagnosis.Output, StringComparison.Ordinal);
        Assert.Equal(0, CommandRun.Of(runs.Arguments("probe {run} --samples 72 --top 1 --out {every}")).ExitCode);
    }

    [Fact]
    public void Defaults_make_do_with_what_is_there()
    {
        var diagnosis = CommandRun.Of(runs.Arguments("diagnose {run} --out {few}"));
        Assert.Equal((0, ""), (diagnosis.ExitCode, diagnosis.Error));
        var probe = CommandRun.Of(runs.Arguments("probe {run} --data validation --out {usual}"));
        Assert.Equal((0, ""), (probe.ExitCode, probe.Error));
        Assert.Contains("over 18 validation samples", probe.Output, StringComparison.Ordinal);
    }
}
