namespace Kappa.Lab.Tasks.CartPole;

/// <summary>A rollout of the expert.</summary>
/// <param name="Rollout">Where it went.</param>
/// <param name="Actions">The expert's clean action in each state but the last.</param>
internal sealed record CartPoleDemonstration(CartPoleRollout Rollout, float[] Actions);
