namespace Kappa.Lab.Tasks.Humanoid;

/// <summary>What distinguishes one scenario from another.</summary>
internal sealed record ScenarioSettings
{
    /// <summary>Bends of the expert's set-points, evenly spaced, in rad.</summary>
    public required double[] Bends { get; init; }

    /// <summary>Weight of the centre of mass in the expert's cost, per m^2.</summary>
    public required double CenterOfMassWeight { get; init; }

    /// <summary>Whether the commanded bend is the last number of the observation.</summary>
    public required bool ObservesCommand { get; init; }

    /// <summary>Standard deviation of the initial joint angles around the commanded pose, in rad.</summary>
    public required double JointAngleNoise { get; init; }

    /// <summary>Standard deviation of the root's initial velocity, in m/s on each axis.</summary>
    public required double RootVelocityNoise { get; init; }

    /// <summary>Standard deviation of the joints' initial velocities, in rad/s.</summary>
    public required double JointVelocityNoise { get; init; }
}
