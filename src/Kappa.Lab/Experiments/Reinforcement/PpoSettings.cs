using Kappa.Lab.Settings;

namespace Kappa.Lab.Experiments.Reinforcement;

/// <summary>Settings of <see cref="PpoAgent"/>.</summary>
public sealed record PpoSettings
{
    /// <summary>Episodes of one iteration, which run side by side.</summary>
    public int Episodes { get; init; } = 10;

    /// <summary>Steps of an episode.</summary>
    public int Horizon { get; init; } = 200;

    /// <summary>Passes over an iteration's steps.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>Steps in a minibatch.</summary>
    public int BatchSize { get; init; } = 250;

    /// <summary>gamma, in [0, 1]: what a reward one step later is worth.</summary>
    public double Discount { get; init; } = 0.99;

    /// <summary>lambda of generalised advantage estimation, in [0, 1].</summary>
    public double TraceDecay { get; init; } = 0.95;

    /// <summary>epsilon: how far the ratio of probabilities may go before its gradient is cut; above 0.</summary>
    public double Clip { get; init; } = 0.2;

    /// <summary>What the entropy of the policy is worth; zero or more.</summary>
    public double EntropyBonus { get; init; } = 1e-3;

    /// <summary>What rewards are multiplied by before anything is learned from them; above 0.</summary>
    public double RewardScale { get; init; } = 0.1;

    /// <summary>The logarithm of the standard deviation of actions at the start.</summary>
    public double InitialLogDeviation { get; init; } = -0.5;

    /// <summary>The longest gradient, of the policy and of the value each.</summary>
    public double MaxGradientNorm { get; init; } = 0.5;

    /// <summary>Checks every setting.</summary>
    /// <exception cref="ConfigException">One has a value that it may not have.</exception>
    public void Validate()
    {
        foreach (var (name, value) in new[] { ("episodes", Episodes), ("horizon", Horizon), ("epochs", Epochs), ("batchSize", BatchSize) })
            Require(value >= 1, name, "1 or more", value);
        Require(BatchSize <= Episodes * Horizon, "batchSize", $"at most the {Episodes * Horizon} steps of an iteration", BatchSize);
        Require(Discount is >= 0 and <= 1, "discount", "0 to 1", Discount);
        Require(TraceDecay is >= 0 and <= 1, "traceDecay", "0 to 1", TraceDecay);
        Require(double.IsFinite(Clip) && Clip > 0, "clip", "a number above 0", Clip);
        Require(double.IsFinite(EntropyBonus) && EntropyBonus >= 0, "entropyBonus", "zero or more", EntropyBonus);
        Require(double.IsFinite(RewardScale) && RewardScale > 0, "rewardScale", "a number above 0", RewardScale);
        Require(double.IsFinite(InitialLogDeviation), "initialLogDeviation", "a finite number", InitialLogDeviation);
        Require(double.IsFinite(MaxGradientNorm) && MaxGradientNorm > 0, "maxGradientNorm", "a number above 0", MaxGradientNorm);
    }

    private static void Require(bool isMet, string name, string expected, double got)
    {
        if (!isMet)
            throw new ConfigException($"{name}: expected {expected}; got {got}");
    }
}
