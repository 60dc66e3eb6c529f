namespace Kappa.Fuzz;

/// <summary>Readers that are at fault are found out.</summary>
public sealed class JudgeTests
{
    [Fact]
    public void What_a_reader_documents_is_a_refusal() => Assert.Null(Fault(_ => throw new InvalidDataException("expected a, got b")));

    [Fact]
    public void Any_other_exception_is_a_fault() => Assert.Contains("IndexOutOfRangeException", Fault(input => input.Bytes[input.Bytes.Length]++));

    [Fact]
    public void So_is_a_class_below_the_documented_one() =>
        Assert.Contains("ArgumentNullException", Fault(_ => throw new ArgumentNullException("x"), typeof(ArgumentException)));

    [Fact]
    public void So_is_a_refusal_that_says_nothing() => Assert.Contains("says nothing", Fault(_ => throw new InvalidDataException(" ")));

    [Fact]
    public void So_is_memory_that_the_input_does_not_account_for() => Assert.Contains("bytes were allocated", Fault(_ => GC.KeepAlive(new byte[2 << 20])));

    [Fact]
    public void So_is_what_reads_back_as_something_else() =>
        Assert.Contains("a second writing: a became b", Fault(_ => UnfaithfulException.Require("a second writing", "a", "b")));

    [Fact]
    public void A_fault_behind_three_checks_is_found()
    {
        // A change gets over one of them at a time, and what got over it is what is changed next.
        var target = Target(input =>
        {
            for (int i = 0; i < 3; i++)
            {
                if (input.Bytes.Length <= i || input.Bytes[i] < 128)
                    throw new InvalidDataException($"byte {(i == 0 ? "one" : i == 1 ? "two" : "three")} is below the bound");
            }
            input.Bytes[input.Bytes.Length]++;
        }) with { Name = "idx-labels" };
        var campaign = new Campaign(target, seed: 0);
        Assert.Contains("IndexOutOfRangeException", Assert.Single(campaign.Run(() => campaign.Runs < 5000)).Fault);
    }

    private static string? Fault(Action<FuzzInput> read, Type? refusal = null)
    {
        using var judge = new Judge(Target(read, refusal));
        return judge.Of([1]).Fault;
    }

    private static FuzzTarget Target(Action<FuzzInput> read, Type? refusal = null) => new("example", input =>
    {
        read(input);
        return "";
    })
    {
        Readers = [], Refusals = [refusal ?? typeof(InvalidDataException)], Seeds = () => [], MostAllocated = _ => 1 << 20,
    };
}
