namespace Kappa.Lab.Experiments.Together;

/// <summary>Settings.</summary>
internal sealed record TogetherSettings : ICheckedSettings
{
    private const int DigitSide = 28;

    [Setting("networks, and the steps that each is trained for", AtLeast = 1, AtMost = 1_000_000, OnceEach = true)]
    public IReadOnlyDictionary<string, int> Steps { get; init; } = new Dictionary<string, int>
    {
        [StudiedNetwork.Mlp] = 300, [StudiedNetwork.Convolutional] = 300, [StudiedNetwork.Transformer] = 1000,
    };

    [Setting("learning rates that arms with AdamW or AdamO try first; a best one at an edge adds a further one", Above = 0, OnceEach = true)]
    public IReadOnlyList<double> AdamWRates { get; init; } = [1e-3, 3e-3, 1e-2];

    [Setting("learning rates that arms with Muon or MuonO try first; a best one at an edge adds a further one", Above = 0, OnceEach = true)]
    public IReadOnlyList<double> MuonRates { get; init; } = [1e-2, 3e-2, 1e-1];

    [Setting("lambda, the strength of the step towards isometry", Above = 0, AtMost = 1e6)]
    public double Isometry { get; init; } = 0.1;

    [Setting("gamma, the damping of activation preconditioning over the mean of the second moments", Above = 0, AtMost = 1e6)]
    public double Gamma { get; init; } = new DoPrOptions().Gamma;

    [Setting("the most rates that are added to a list", AtLeast = 0, AtMost = 20)]
    public int Extensions { get; init; } = 3;

    [Setting("further seeds that rates are chosen on", AtLeast = 1, AtMost = 10_000)]
    public int TuningSeeds { get; init; } = 1;

    [Setting("seeds that are reported", AtLeast = 2, AtMost = 10_000)]
    public int Seeds { get; init; } = 5;

    [Setting("examples to train on", AtLeast = 10, AtMost = 7000)]
    public int Examples { get; init; } = 2000;

    [Setting("examples to choose rates by, and as many to deploy on", AtLeast = 10, AtMost = 1000)]
    public int HeldOut { get; init; } = 500;

    [Setting("examples in a batch", AtLeast = 1, AtMost = 10_000)]
    public int BatchSize { get; init; } = 64;

    [Setting("sets of random answers that the trained network memorises one after another", AtLeast = 1, AtMost = 10_000)]
    public int Tasks { get; init; } = 4;

    [Setting("examples of each such set", AtLeast = 1, AtMost = 7000)]
    public int TaskExamples { get; init; } = 200;

    [Setting("steps on each such set", AtLeast = 1, AtMost = 1_000_000)]
    public int TaskSteps { get; init; } = 150;

    [Setting("pixels of a side of the pictures, a divisor of 28", AtLeast = 7, AtMost = DigitSide)]
    public int Side { get; init; } = 14;

    [Setting("standard deviation of the noise on pictures that a network is deployed on; pixels are from 0 to 1", AtLeast = 0, AtMost = 10)]
    public double Noise { get; init; } = 0.3;

    [Setting("widths of the MLP's hidden layers", AtLeast = 1, AtMost = 1 << 14)]
    public IReadOnlyList<int> Hidden { get; init; } = [64, 64, 64];

    [Setting("channels of the convolutional network", AtLeast = 1, AtMost = 1 << 12)]
    public IReadOnlyList<int> Channels { get; init; } = [8, 16, 16];

    [Setting("the most digits of the numbers that the transformer adds", AtLeast = 1, AtMost = 10)]
    public int Digits { get; init; } = 2;

    [Setting("features of a position of the transformer; heads divide it evenly", AtLeast = 1, AtMost = 1 << 14)]
    public int Width { get; init; } = 32;

    [Setting("blocks of the transformer", AtLeast = 1, AtMost = 100)]
    public int Blocks { get; init; } = 2;

    [Setting("heads of the transformer", AtLeast = 1, AtMost = 1 << 10)]
    public int Heads { get; init; } = 4;

    [Setting("D: directions of the subspace of Delta_2^(D)", AtLeast = 1, AtMost = 100)]
    public int Dimensions { get; init; } = 8;

    [Setting("sigma of Delta_2^(D)", Above = 0, AtMost = 1)]
    public double Sigma { get; init; } = 1e-3;

    [Setting("k: training examples whose landscape a further one moves; as many give the Hessian", AtLeast = 10, AtMost = 5000)]
    public int CurvatureSamples { get; init; } = 100;

    [Setting("further examples, each added by itself; the criterion is the mean over them", AtLeast = 1, AtMost = 1000)]
    public int Candidates { get; init; } = 16;

    /// <summary>Every combination on every network.</summary>
    internal IEnumerable<Arm> Arms() => Steps.Keys.SelectMany(ArmsOf);

    /// <summary>Every combination on one network.</summary>
    internal static IEnumerable<Arm> ArmsOf(string network) => Arm.All.Select(factors => new Arm(network, factors));

    internal IReadOnlyList<double> RatesOf(Arm arm) => arm.Has(Factor.Muon) ? MuonRates : AdamWRates;

    internal Optimizer Create(Arm arm, Module model, double rate)
    {
        var towards = new IsometryOptions { Strength = Isometry };
        Optimizer optimizer = (arm.Has(Factor.Muon), arm.Has(Factor.Isometry)) switch
        {
            (false, false) => new AdamW(model.Parameters(), rate, new AdamWOptions { WeightDecay = 0 }),
            (false, true) => new AdamO(model.Parameters(), rate, towards, new AdamWOptions { WeightDecay = 0 }),
            (true, false) => new Muon(model.Parameters(), rate),
            (true, true) => new MuonO(model.Parameters(), rate, towards),
        };
        return arm.Has(Factor.Preconditioning) ? new DoPr(optimizer, model, new DoPrOptions { Gamma = Gamma }) : optimizer;
    }

    public void Check(SettingsCheck check)
    {
        string[] networks = [StudiedNetwork.Mlp, StudiedNetwork.Convolutional, StudiedNetwork.Transformer];
        foreach (string name in Steps.Keys)
            check.Require(networks.Contains(name), nameof(Steps), $"networks out of {string.Join(", ", networks)}", name);
        check.Require(DigitSide % Side == 0, nameof(Side), "7, 14 or 28", Side);
        check.Require(Examples > CurvatureSamples + Candidates, nameof(Examples), "more than curvatureSamples + candidates", Examples);
        check.Require(TaskExamples <= Examples, nameof(TaskExamples), $"at most examples, which is {Examples}", TaskExamples);
        check.Require(Hidden.Count >= 2, nameof(Hidden), "two hidden layers or more, since Muon leaves the first and the last matrix to AdamW", Hidden.Count);
        check.Require(Channels.Count >= 2, nameof(Channels), "two convolutions or more, since Muon leaves the first matrix to AdamW", Channels.Count);
        check.Require(Width % Heads == 0 && Width / Heads % 2 == 0, nameof(Heads), $"a divisor of width {Width} that leaves an even number", Heads);
        check.Require(HeldOut >= Digits, nameof(HeldOut), "one example or more for each number of digits", HeldOut);
    }
}
