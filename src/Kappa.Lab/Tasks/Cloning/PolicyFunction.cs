namespace Kappa.Lab.Tasks.Cloning;

/// <summary>A policy: maps a batch of observations to actions.</summary>
/// <param name="observations">Observations, [batch, observation size] row-major.</param>
/// <param name="batch">Number of rows; it shrinks as rollouts end.</param>
/// <param name="actions">Where the actions go, [batch, action size] row-major; values beyond [-1, 1] are clipped by the caller.</param>
internal delegate void PolicyFunction(ReadOnlySpan<float> observations, int batch, Span<float> actions);
