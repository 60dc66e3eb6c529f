namespace Kappa.Lab.Experiments.Reinforcement;

/// <summary>Settings of continual reinforcement learning: PPO on the <see cref="Crawler"/> while its world changes.</summary>
internal sealed record ReinforcementSettings : ICheckedSettings
{
    [Setting("what changes: friction (log-uniform from 0.1 to 2) or gravity (log-uniform from 4 to 20 m/s^2)", OneOf = ["friction", "gravity"])]
    public string Changes { get; init; } = "friction";

    [Setting("worlds, one after another", AtLeast = 1, AtMost = 10_000)]
    public int Worlds { get; init; } = 8;

    [Setting("iterations of PPO in each world", AtLeast = 1, AtMost = 100_000)]
    public int Iterations { get; init; } = 15;

    [Setting("units of each of the two hidden layers of policy and value", AtLeast = 1)]
    public int Width { get; init; } = 64;

    [Setting("the square of the singular values at the start, and AdamO's target", Above = 0)]
    public double Target { get; init; } = 2;

    [Setting(MethodAtStrengthForm.Meaning, Form = typeof(MethodAtStrengthForm))]
    public IReadOnlyList<ContinualMethod> Methods { get; init; } =
        MethodAtStrengthForm.List("adamw 0", "adamo 0.01", "l2-init 0.0001", "redo 0.03");

    [Setting("learning rates to choose from, for every method alike", AtLeast = 0, OnceEach = true)]
    public double[] LearningRates { get; init; } = [3e-4, 1e-3];

    [Setting("worlds of a run that chooses the learning rate", AtLeast = 1, AtMost = 10_000)]
    public int TuningWorlds { get; init; } = 4;

    [Setting("seeds of those runs; they are not among the reported ones", AtLeast = 1, AtMost = 10_000)]
    public int TuningSeeds { get; init; } = 1;

    [Setting("seeds that are reported", AtLeast = 1, AtMost = 10_000)]
    public int Seeds { get; init; } = 3;

    [Setting("episodes of one iteration", AtLeast = 1, AtMost = 10_000)]
    public int Episodes { get; init; } = 10;

    [Setting("actions of an episode, twenty for each second", AtLeast = 1, AtMost = 100_000)]
    public int Horizon { get; init; } = 200;

    [Setting("worlds at either end whose returns are compared", AtLeast = 1, AtMost = 10_000)]
    public int Window { get; init; } = 2;

    public void Check(SettingsCheck check)
    {
        check.Require(2 * Window <= Worlds, nameof(Window), $"at most half of the {Worlds} worlds", Window);
        MethodForm.RequireDifferent(check, Methods);
    }

    /// <summary>Settings of the agent.</summary>
    internal PpoSettings Ppo => new() { Episodes = Episodes, Horizon = Horizon, BatchSize = Math.Min(250, Episodes * Horizon) };
}
