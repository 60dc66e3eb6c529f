namespace Kappa.Lab.Tasks.Control;

/// <summary>The settings of the linear-control task.</summary>
internal sealed record LinearControlSettings : ICheckedSettings
{
    public const string RawInputs = "raw";
    public const string StandardizedInputs = "standardised";
    public const string WhitenedInputs = "whitened";

    [Setting("dimension n of the state", AtLeast = 1, AtMost = 64)]
    public int States { get; init; } = 8;

    [Setting("dimension of the action", AtLeast = 1, AtMost = 64)]
    public int Actions { get; init; } = 4;

    // A plant smaller than the default rank needs no mention of it.
    [Setting("rank d of the demonstrator's gain, at most min(states, actions)", AtLeast = 1, AtMost = 64)]
    public int Rank { get => field == 0 ? Math.Min(4, Math.Min(States, Actions)) : field; init; }

    [Setting("spectral radius of A; above 1 the plant is unstable without control", Above = 0, AtMost = 2)]
    public double SpectralRadius { get; init; } = 1.05;

    [Setting("condition number of the covariance of the demonstrated states", AtLeast = 1, AtMost = 1e8)]
    public double Condition { get => field != 0 ? field : States > 1 ? 1e4 : 1; init; }

    [Setting("hidden width of the learner K = F G, at least rank", AtLeast = 1, AtMost = 1024)]
    public int Hidden { get => field == 0 ? Math.Max(16, Rank) : field; init; }

    [Setting(
        "what the learner sees: states as they are, each coordinate scaled to variance 1, or PCA-whitened",
        OneOf = [RawInputs, StandardizedInputs, WhitenedInputs])]
    public string Inputs { get; init; } = RawInputs;

    [Setting("standard deviation of the noise on demonstrated actions", AtLeast = 0, AtMost = 10)]
    public double Noise { get; init; }

    [Setting("training examples, more than states", AtLeast = 2, AtMost = 1e6)]
    public int Examples { get; init; } = 4096;

    [Setting("validation examples", AtLeast = 1, AtMost = 1e6)]
    public int ValidationExamples { get; init; } = 1024;

    [Setting("steps of the deployment", AtLeast = 1, AtMost = 10_000)]
    public int Horizon { get; init; } = 100;

    [Setting("draws the plant and the demonstrations", AtLeast = 0)]
    public int SystemSeed { get; init; }

    public void Check(SettingsCheck check)
    {
        int largestRank = Math.Min(States, Actions);
        check.Require(Rank <= largestRank, nameof(Rank), $"an integer from 1 to {largestRank}", Rank);
        check.Require(Hidden >= Rank, nameof(Hidden), $"an integer from {Rank} to 1024", Hidden);
        check.Require(Examples > States, nameof(Examples), $"an integer from {States + 1} to 1000000", Examples);
        if (States == 1 && Condition != 1)
            throw check.Fault(nameof(Condition), "a single state has condition number 1; leave it out or set states to 2 or more");
    }
}
