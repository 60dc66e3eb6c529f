namespace Kappa.Lab.Tasks.Cloning;

/// <summary>How a policy is evaluated.</summary>
internal sealed record RolloutOptions
{
    /// <summary>Number of starts, each a rollout.</summary>
    public int Starts { get; init; } = 40;

    /// <summary>Length of a rollout, in seconds.</summary>
    public double Seconds { get; init; } = 10;

    /// <summary>Standard deviation of the noise added to the controls (which range over [-1, 1]); 0 is a clean rollout.</summary>
    public double ControlNoise { get; init; }

    /// <summary>Seed of the starts, the commands and the noise. Never the demonstrations' starts, whatever their seed.</summary>
    public int Seed { get; init; }

    /// <summary>Distance between horizons at which results are reported, in seconds; the full length is always one of them.</summary>
    public double HorizonStep { get; init; } = 0.5;

    /// <summary>Checks every property.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A property is out of range; the message names it, its value and what it takes.</exception>
    public void Validate()
    {
        Require(Starts is >= 1 and <= 100_000, nameof(Starts), Starts, "1 to 100000");
        Require(Seconds is >= 0.01 and <= 3600, nameof(Seconds), Seconds, "0.01 to 3600");
        Require(ControlNoise is >= 0 and <= 1, nameof(ControlNoise), ControlNoise, "0 to 1");
        Require(HorizonStep is >= 0.005 and <= 3600, nameof(HorizonStep), HorizonStep, "0.005 to 3600");
    }

    /// <summary>The steps at which results are reported, rising; the last is the full length.</summary>
    /// <param name="timestep">Length of a step, in s.</param>
    internal int[] HorizonSteps(double timestep)
    {
        int last = (int)Math.Round(Seconds / timestep);
        var steps = new SortedSet<int> { last };
        for (int i = 1; i * HorizonStep < Seconds; i++)
            _ = steps.Add(Math.Clamp((int)Math.Round(i * HorizonStep / timestep), 1, last));
        return [.. steps];
    }

    private static void Require(bool holds, string name, double value, string range)
    {
        if (!holds)
            throw new ArgumentOutOfRangeException(name, value, $"{name} is {value}, expected {range}.");
    }
}
