namespace Kappa.Lab.Tasks.Flow;

/// <summary>The settings of the flow task.</summary>
internal sealed record FlowSettings : ICheckedSettings
{
    public const string Digits = "digits";
    public const string Fashion = "fashion-mnist";
    public const string Board = "checkerboard";

    /// <summary>Pairs of an example with a noise and a time; a run keeps their order in memory.</summary>
    public const int MostPairs = 100_000_000;

    [Setting("what is learned: pictures (see kappa data), or points in the plane whose density is known", OneOf = [Digits, Fashion, Board])]
    public string Data { get; init; } = Digits;

    [Setting(
        "height and width of the pictures, 8, 14 or 28: means of 3 x 3 pixels without a margin of 2, means of 2 x 2, or as they are",
        AtLeast = 8, AtMost = 28, DefaultText = "8 of digits, 14 of fashion-mnist")]
    public int Side { get => field == 0 ? (Data == Fashion ? 14 : 8) : field; init; }

    [Setting("training examples: pictures, or points that are drawn", AtLeast = 1, AtMost = 1e6, ZeroText = "all", DefaultText = "all, or 10000 points")]
    public int Examples { get; init; }

    [Setting("noises and times that each example is paired with before they come again; pairs are what a batch counts", AtLeast = 1, AtMost = 1e5)]
    public int Draws { get; init; } = 100;

    [Setting("validation examples, each with one noise and time, the same for all models", AtLeast = 1, AtMost = 1e6)]
    public int ValidationExamples { get; init; } = 1000;

    [Setting("samples that a trained model makes for each figure", AtLeast = 2, AtMost = 1e6, DefaultText = "500 pictures, or 2000 points")]
    public int Samples { get => field == 0 ? (Data == Board ? 2000 : 500) : field; init; }

    [Setting("how the flow is followed; Heun's step takes two evaluations of the network. The first one judges")]
    public IReadOnlyList<Integrator> Integrators { get; init; } = [Integrator.Euler, Integrator.Heun];

    [Setting("numbers of integration steps", AtLeast = 1, AtMost = 10_000, OnceEach = true)]
    public IReadOnlyList<int> Steps { get; init; } = [1, 2, 4, 8, 16, 32, 64, 100];

    [Setting("the number of integration steps at which the metric judges, one of steps", AtLeast = 1, DefaultText = "the largest")]
    public int DeployAt { get => field == 0 ? Steps.Max() : field; init; }

    [Setting("lines that the sliced Wasserstein distance looks along", AtLeast = 1, AtMost = 1e5)]
    public int Directions { get; init; } = 128;

    [Setting("of pictures: neighbours that the balls of precision and recall reach to, fewer than samples", AtLeast = 1, AtMost = 1e4)]
    public int Neighbours { get; init; } = 3;

    [Setting("of pictures: steps of the classifier whose features are compared", AtLeast = 1, AtMost = 1e6)]
    public int ClassifierSteps { get; init; } = 1000;

    [Setting("of the checkerboard: cells along a side of each square, over which the total variation is taken", AtLeast = 1, AtMost = 64)]
    public int Cells { get; init; } = 2;

    [Setting("of pictures: height and width of the mixer's patches, a divisor of side", AtLeast = 1, AtMost = 28, DefaultText = "4, or 2 where side is 14")]
    public int Patch { get => field == 0 ? (Side == 14 ? 2 : 4) : field; init; }

    [Setting("of pictures: features of a patch inside the mixer", AtLeast = 1, AtMost = 1 << 14)]
    public int Features { get; init; } = 96;

    [Setting("of pictures: blocks of the mixer", AtLeast = 0, AtMost = 1 << 10)]
    public int Layers { get; init; } = 3;

    [Setting("of pictures: hidden features of the mixer across patches", AtLeast = 1, AtMost = 1 << 14)]
    public int TokenHidden { get; init; } = 16;

    [Setting("of pictures: hidden features of the mixer across features", AtLeast = 1, AtMost = 1 << 14)]
    public int ChannelHidden { get; init; } = 192;

    [Setting("frequencies, from 1 doubling, by which the network sees the time", AtLeast = 1, AtMost = 30)]
    public int Frequencies { get; init; } = 6;

    [Setting("draws noise, times, points and the classifier; the same for every seed of training", AtLeast = 0)]
    public int DataSeed { get; init; }

    public bool ArePictures => Data != Board;

    public FlowMixerOptions Mixer => new()
    {
        Height = Side, Width = Side, PatchSize = Patch, Features = Features, Layers = Layers, TokenHidden = TokenHidden, ChannelHidden = ChannelHidden,
        TimeFrequencies = Frequencies,
    };

    public void Check(SettingsCheck check)
    {
        check.Require(Side is 8 or 14 or 28, nameof(Side), "8, 14 or 28", Side);
        check.Require(Side % Patch == 0, nameof(Patch), $"a divisor of side, {Side}", Patch);
        check.Require(Steps.Contains(DeployAt), nameof(DeployAt), $"one of the steps, {string.Join(", ", Steps)}", DeployAt);
        check.Require(Integrators.Distinct().Count() == Integrators.Count, nameof(Integrators), "each integrator once", string.Join(", ", Integrators));
        check.Require(Neighbours < Samples, nameof(Neighbours), $"fewer than the {Samples} samples", Neighbours);
        check.Require((long)Examples * Draws <= MostPairs, nameof(Draws), $"at most {MostPairs / Math.Max(1, Examples)} for {Examples} examples", Draws);
    }
}
