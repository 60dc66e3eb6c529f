namespace Kappa.Lab.Tasks.Humanoid;

/// <summary>Stand on two feet, slightly bent, and stay up after a disturbed start. Observations have 54 numbers.</summary>
/// <remarks>Of the starts drawn the expert survives 93% without noise and 91% with it (200 and more tried); only those are used.</remarks>
public sealed class TwoFeetBalance : HumanoidScenario
{
    // A stiff expert: its gains reach 25.
    private static readonly ScenarioSettings Balance = new()
    {
        Bends = [0.1],
        CenterOfMassWeight = 1000,
        ObservesCommand = false,
        JointAngleNoise = 0.03,
        RootVelocityNoise = 0.1,
        JointVelocityNoise = 0.1,
    };

    /// <summary>Makes the scenario; MuJoCo is loaded on first use.</summary>
    /// <param name="modelPath">Path of humanoid.xml, or null to search as <see cref="HumanoidModelFile.Locate(string?)"/> does.</param>
    public TwoFeetBalance(string? modelPath = null)
        : base(modelPath, Balance)
    {
    }

    /// <inheritdoc/>
    public override string Name => "two-feet-balance";

    /// <inheritdoc/>
    public override string Description => "Stand on two feet and recover from a disturbed start.";

    private protected override BendCommand DrawCommand(Philox random) => new(Balance.Bends[0], 0, 0, 0);
}
