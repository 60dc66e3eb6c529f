namespace Kappa.Lab.Tests.Tasks;

/// <summary>Every module of the lab: what it remembers goes through a checkpoint, and its first use is one draw, whoever comes first.</summary>
public sealed class ModuleStateTests
{
    private static readonly Dictionary<string, Func<ulong, Module>> Cases = new()
    {
        [nameof(ActionSpread)] = seed => new ActionSpread(3, -0.5).Initialize(new Philox(seed)),
        [nameof(ChannelLayerNorm)] = seed => new Sequential(new Conv2d(1, 2, 3), new ChannelLayerNorm()).Initialize(new Philox(seed)),
        [nameof(InputTransform)] = seed => new Sequential(Transform(seed), new Linear(2, 2)).Initialize(new Philox(seed)),
        [nameof(TransformedModel)] = seed => new TransformedModel(
            Transform(seed), new Sequential(new Linear(2, 3), new Dropout(0.5)).Initialize(new Philox(seed))),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Fact]
    public void Every_module_and_optimizer_of_the_lab_has_a_case()
    {
        var all = typeof(LabTask).Assembly.GetTypes().Where(
            type => !type.IsAbstract && (type.IsSubclassOf(typeof(Module)) || type.IsSubclassOf(typeof(Optimizer))));
        Assert.Equal(Cases.Keys.Order(StringComparer.Ordinal), all.Select(type => type.Name).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_checkpoint_gives_it_back_whatever_seed_the_new_one_has(string name)
    {
        using var folder = new TemporaryFolder();
        var (first, second) = (Cases[name](1), Cases[name](2));
        _ = Checkpoint.Save(folder["checkpoints"], 1, first, new AdamW(first.Parameters()), new Philox(1).State);
        _ = Checkpoint.LoadLatest(folder["checkpoints"], second, new AdamW(second.Parameters()));
        Assert.Equal(Bytes(first), Bytes(second));
    }

    [Fact]
    public void The_spread_of_actions_keeps_what_was_written_before_its_first_use()
    {
        var spread = new ActionSpread(2, -0.5);
        spread.LogDeviation.CopyFromInPlace(Tensor.From(1f, 2f));
        _ = spread.Parameters();
        Assert.Equal([1f, 2f], spread.LogDeviation.ToArray<float>());
        Assert.Equal([-0.5f, -0.5f], new ActionSpread(2, -0.5).LogDeviation.ToArray<float>());
    }

    private static InputTransform Transform(ulong seed) => InputTransform.Whitening(Tensor.Normal([20, 2], new Philox(seed)));

    private static double[] Bytes(Module model) => [.. model.StateDict().SelectMany(entry => entry.Value.To(DataType.Float64).ToArray<double>())];
}
