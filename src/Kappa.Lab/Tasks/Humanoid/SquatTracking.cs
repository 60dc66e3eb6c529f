namespace Kappa.Lab.Tasks.Humanoid;

/// <summary>
/// Follow a squat command: a bend that oscillates at a random frequency, amplitude and phase around the middle of its range. Observations have
/// 55 numbers, the last of them the commanded bend.
/// </summary>
/// <remarks>The expert survives every start drawn, with noise and without (100 tried).</remarks>
public sealed class SquatTracking : HumanoidScenario
{
    private const double LeastBend = 0.05;
    private const double GreatestBend = 0.8;
    private const double LeastAmplitude = 0.1;
    private const int SetPoints = 21;

    private static readonly ScenarioSettings Squat = new()
    {
        Bends = [.. Enumerable.Range(0, SetPoints).Select(i => LeastBend + ((GreatestBend - LeastBend) * i / (SetPoints - 1)))],
        CenterOfMassWeight = 1000,
        ObservesCommand = true,
        JointAngleNoise = 0.02,
        RootVelocityNoise = 0.05,
        JointVelocityNoise = 0.1,
    };

    /// <summary>Makes the scenario; MuJoCo is loaded on first use.</summary>
    /// <param name="modelPath">Path of humanoid.xml, or null to search as <see cref="HumanoidModelFile.Locate(string?)"/> does.</param>
    public SquatTracking(string? modelPath = null)
        : base(modelPath, Squat)
    {
    }

    /// <inheritdoc/>
    public override string Name => "squat-tracking";

    /// <inheritdoc/>
    public override string Description => "Follow a squat command of random frequency, amplitude and phase.";

    private protected override BendCommand DrawCommand(Philox random)
    {
        double center = (LeastBend + GreatestBend) / 2;
        double amplitude = LeastAmplitude + (random.NextDouble() * (GreatestBend - center - LeastAmplitude));
        double frequency = 0.12 + (random.NextDouble() * (0.4 - 0.12));
        return new BendCommand(center, amplitude, frequency, Math.Tau * random.NextDouble());
    }
}
