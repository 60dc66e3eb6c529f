using Kappa.Lab.Experiments.Isometry;
using Kappa.Lab.Settings;

namespace Kappa.Lab.Experiments.Reinforcement;

/// <summary>Settings of continual reinforcement learning: PPO on the <see cref="Crawler"/> while its world changes.</summary>
public sealed record ReinforcementSettings : IExperimentSettings
{
    /// <summary>What changes: <c>friction</c> (log-uniform from 0.1 to 2) or <c>gravity</c> (log-uniform from 4 to 20 m/s^2).</summary>
    public string Changes { get; init; } = "friction";

    /// <summary>Worlds, one after another.</summary>
    public int Worlds { get; init; } = 8;

    /// <summary>Iterations of PPO in each world.</summary>
    public int Iterations { get; init; } = 15;

    /// <summary>Units of each of the two hidden layers of policy and value.</summary>
    public int Width { get; init; } = 64;

    /// <summary>The square of the singular values at the start, and AdamO's target.</summary>
    public double Target { get; init; } = 2;

    /// <summary>Methods with their strengths, such as <c>adamo 0.1</c>; policy and value are both trained with it.</summary>
    public string[] Methods { get; init; } = ["adamw 0", "adamo 0.01", "l2-init 0.0001", "redo 0.03"];

    /// <summary>Learning rates to choose from, for every method alike.</summary>
    public double[] LearningRates { get; init; } = [3e-4, 1e-3];

    /// <summary>Worlds of a run that chooses the learning rate.</summary>
    public int TuningWorlds { get; init; } = 4;

    /// <summary>Seeds of those runs; they are not among the reported ones.</summary>
    public int TuningSeeds { get; init; } = 1;

    /// <summary>Seeds that are reported.</summary>
    public int Seeds { get; init; } = 3;

    /// <summary>Episodes of one iteration.</summary>
    public int Episodes { get; init; } = 10;

    /// <summary>Actions of an episode, twenty for each second.</summary>
    public int Horizon { get; init; } = 200;

    /// <summary>Worlds at either end whose returns are compared.</summary>
    public int Window { get; init; } = 2;

    /// <summary>Checks every setting.</summary>
    /// <exception cref="ConfigException">One has a value that it may not have.</exception>
    public void Validate()
    {
        foreach (var (name, value) in new[] { ("worlds", Worlds), ("iterations", Iterations), ("width", Width), ("tuningWorlds", TuningWorlds), ("tuningSeeds", TuningSeeds), ("seeds", Seeds), ("episodes", Episodes), ("horizon", Horizon), ("window", Window) })
        {
            if (value < 1)
                throw new ConfigException($"{name}: expected 1 or more; got {value}");
        }

        if (Changes is not ("friction" or "gravity"))
            throw new ConfigException($"changes: expected \"friction\" or \"gravity\"; got {Changes}");
        if (2 * Window > Worlds)
            throw new ConfigException($"window: expected at most half of the {Worlds} worlds; got {Window}");
        if (!double.IsFinite(Target) || Target <= 0)
            throw new ConfigException($"target: expected a number above 0; got {Target}");
        SettingChecks.Rates(nameof(LearningRates), LearningRates);
        if (Methods is not { Length: > 0 } || Methods.Distinct().Count() != Methods.Length)
            throw new ConfigException("methods: expected one method or more, each once");
        foreach (string method in Methods)
            _ = RevivalSettings.Parse(method);
        Ppo.Validate();
    }

    /// <summary>Settings of the agent.</summary>
    internal PpoSettings Ppo => new() { Episodes = Episodes, Horizon = Horizon, BatchSize = Math.Min(250, Episodes * Horizon) };
}
