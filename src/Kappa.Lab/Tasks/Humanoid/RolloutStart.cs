namespace Kappa.Lab.Tasks.Humanoid;

/// <summary>Where one rollout begins and what it will meet: the same for the expert and for every policy.</summary>
/// <param name="Position">Initial positions, [28].</param>
/// <param name="Velocity">Initial velocities, [27].</param>
/// <param name="Command">The command to follow.</param>
/// <param name="Noise">Where the control noise is drawn from; split, never advanced.</param>
internal sealed record RolloutStart(double[] Position, double[] Velocity, BendCommand Command, Philox Noise);
