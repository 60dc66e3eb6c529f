namespace Kappa.Lab.Experiments.Reinforcement;

/// <summary>The steps of an iteration, episode after episode.</summary>
internal sealed class Rollout
{
    internal Rollout(int episodes, int horizon, int observationSize, int actionSize)
    {
        (Episodes, Horizon) = (episodes, horizon);
        Observations = new float[episodes * horizon * observationSize];
        Actions = new float[episodes * horizon * actionSize];
        LogProbabilities = new float[episodes * horizon];
        Rewards = new double[episodes * horizon];
        Values = new double[episodes * (horizon + 1)];
        IsOver = new bool[episodes * horizon];
        Advantages = new double[episodes * horizon];
    }

    internal int Episodes { get; }

    internal int Horizon { get; }

    /// <summary>Standardised, <c>[episodes, horizon, observation]</c>.</summary>
    internal float[] Observations { get; }

    /// <summary><c>[episodes, horizon, action]</c>.</summary>
    internal float[] Actions { get; }

    internal float[] LogProbabilities { get; }

    /// <summary>As the environment gave them.</summary>
    internal double[] Rewards { get; }

    /// <summary><c>[episodes, horizon + 1]</c>: the last one is that of where an episode stood when time was up.</summary>
    internal double[] Values { get; }

    internal bool[] IsOver { get; }

    internal double[] Advantages { get; }

    /// <summary>The sum of an episode's rewards, averaged over episodes.</summary>
    internal double MeanReturn => Rewards.Sum() / Episodes;

    /// <summary>Fills in the advantages.</summary>
    internal void Estimate(PpoSettings settings)
    {
        double[] scaled = [.. Rewards.Select(reward => reward * settings.RewardScale)];
        for (int episode = 0; episode < Episodes; episode++)
        {
            PpoObjective.Advantages(
                scaled.AsSpan(episode * Horizon, Horizon), Values.AsSpan(episode * (Horizon + 1), Horizon + 1), IsOver.AsSpan(episode * Horizon, Horizon),
                settings.Discount, settings.TraceDecay, Advantages.AsSpan(episode * Horizon, Horizon));
        }
    }

    /// <summary>What the value is fitted to: A + V.</summary>
    internal double Return(int step) => Advantages[step] + Values[(step / Horizon * (Horizon + 1)) + (step % Horizon)];
}
