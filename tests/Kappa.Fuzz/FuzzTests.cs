namespace Kappa.Fuzz;

/// <summary>What the program does for minutes, for a moment: it is the same on every machine.</summary>
public sealed class FuzzTests
{
    private const int Inputs = 150;

    // Of these each input waits for another process to let go.
    private const int WaitingInputs = 8;
    private static readonly string[] Waiting = ["run-owner"];

    private static readonly TimeSpan MostTime = TimeSpan.FromMinutes(5);

    public static TheoryData<string> Targets => [.. TargetTable.All.Select(target => target.Name)];

    [Theory]
    [MemberData(nameof(Targets))]
    public void Every_committed_input_is_read_or_refused(string name)
    {
        var target = TargetTable.Named(name);
        using var judge = new Judge(target);
        Faults.RequireNone(CorpusFolder.Of(target).Select(one => (one.Name, judge.Of(one.Bytes).Fault)).Where(one => one.Fault is not null)
            .Select(one => $"{name}/{one.Name}: {one.Fault}"));
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public async Task Changed_inputs_are_read_or_refused(string name)
    {
        byte[] last = [];
        int inputs = Waiting.Contains(name) ? WaitingInputs : Inputs;
        var campaign = new Campaign(TargetTable.Named(name), seed: 1) { OnInput = input => last = input };
        var work = Task.Run(() => campaign.Run(() => campaign.Runs < inputs));
        // An input that is read for ever must not hold up all tests: this is no bound on how fast it is.
        if (await Task.WhenAny(work, Task.Delay(MostTime)) != work)
            Assert.Fail($"{name}: one input took up the time of all\n{Convert.ToBase64String(last)}");
        Faults.RequireNone((await work).Select(one => $"{name}: {one.Fault}\n{Convert.ToBase64String(one.Input)}"));
        Assert.True(campaign.WereRead > 0, $"{name}: not one input of {campaign.Runs} is read: changes are of nothing that is valid");
        Assert.True(campaign.Behaviours > 1, $"{name}: all inputs take one way");
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void Seeds_are_committed(string name)
    {
        string[] committed = [.. CorpusFolder.Of(TargetTable.Named(name)).Select(one => one.Name)];
        Assert.Empty(TargetTable.Named(name).Seeds().Select(seed => seed.Name).Except(committed));
    }

    [Fact]
    public void The_same_seed_changes_inputs_alike()
    {
        static string[] Of(ulong seed)
        {
            var target = TargetTable.Named("csv");
            byte[][] pool = [.. CorpusFolder.Of(target).Select(one => one.Bytes)];
            var mutator = new Mutator(target, new Philox(seed));
            return [.. Enumerable.Range(0, 200).Select(_ => Convert.ToHexString(mutator.Next(pool, pool)))];
        }

        Assert.Equal(Of(3), Of(3));
        Assert.NotEqual(Of(3), Of(4));
    }
}
