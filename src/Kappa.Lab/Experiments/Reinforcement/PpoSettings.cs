namespace Kappa.Lab.Experiments.Reinforcement;

/// <summary>Settings of <see cref="PpoAgent"/>.</summary>
internal sealed record PpoSettings : ICheckedSettings
{
    [Setting("episodes of one iteration, which run side by side", AtLeast = 1, AtMost = 10_000)]
    public int Episodes { get; init; } = 10;

    [Setting("steps of an episode", AtLeast = 1, AtMost = 100_000)]
    public int Horizon { get; init; } = 200;

    [Setting("passes over an iteration's steps", AtLeast = 1, AtMost = 10_000)]
    public int Epochs { get; init; } = 10;

    [Setting("steps in a minibatch", AtLeast = 1)]
    public int BatchSize { get; init; } = 250;

    [Setting("gamma: what a reward one step later is worth", AtLeast = 0, AtMost = 1)]
    public double Discount { get; init; } = 0.99;

    [Setting("lambda of generalised advantage estimation", AtLeast = 0, AtMost = 1)]
    public double TraceDecay { get; init; } = 0.95;

    [Setting("epsilon: how far the ratio of probabilities may go before its gradient is cut", Above = 0)]
    public double Clip { get; init; } = 0.2;

    [Setting("what the entropy of the policy is worth", AtLeast = 0)]
    public double EntropyBonus { get; init; } = 1e-3;

    [Setting("what rewards are multiplied by before anything is learned from them", Above = 0)]
    public double RewardScale { get; init; } = 0.1;

    [Setting("the logarithm of the standard deviation of actions at the start")]
    public double InitialLogDeviation { get; init; } = -0.5;

    [Setting("the longest gradient, of the policy and of the value each", Above = 0)]
    public double MaxGradientNorm { get; init; } = 0.5;

    public void Check(SettingsCheck check) =>
        check.Require(BatchSize <= (long)Episodes * Horizon, nameof(BatchSize), $"at most the {(long)Episodes * Horizon} steps of an iteration", BatchSize);
}
