namespace Kappa.Lab.Tasks.Cloning;

/// <summary>A policy that looks once and says what to do for some steps: maps a batch of observations to chunks of actions.</summary>
/// <param name="step">The step at which it looks.</param>
/// <param name="rollouts">The numbers of the rollouts, one a row; fewer as rollouts end. What a policy draws at random follows from step and number.</param>
/// <param name="observations">Observations, [batch, observation size] row-major.</param>
/// <param name="chunks">Where the actions go, [batch, chunk, action size] row-major; values beyond [-1, 1] are clipped by the caller.</param>
internal delegate void ChunkPolicy(int step, ReadOnlySpan<int> rollouts, ReadOnlySpan<float> observations, Span<float> chunks);
