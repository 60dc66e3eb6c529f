namespace Kappa.Lab.Tasks.CartPole;

/// <summary>Rollouts of a policy side by side: it is asked for all at once, and their physics and pictures are shared among threads.</summary>
/// <param name="Policy">The policy; called from the calling thread.</param>
/// <param name="Eye">What it sees.</param>
/// <param name="Chunk">Steps that it decides at once.</param>
/// <param name="Threads">How many simulate and draw; the result does not depend on it.</param>
internal sealed record CartPoleRun(ChunkPolicy Policy, CartPoleEye Eye, int Chunk, int Threads)
{
    internal void Play(IReadOnlyList<CartPoleRollout> rollouts, int steps, CancellationToken cancellation)
    {
        using var simulations = new Simulations(CartPolePhysics.Model, Math.Min(Threads, rollouts.Count));
        int size = Eye.ObservationSize;
        var open = rollouts.ToArray();
        for (int step = 0; step < steps && open.Length > 0; step += Chunk)
        {
            cancellation.ThrowIfCancellationRequested();
            float[] seen = new float[open.Length * size], chunks = new float[open.Length * Chunk];
            simulations.Share(open.Length, (i, _) => Eye.Observe(open[i].States, seen.AsSpan(i * size, size)));
            Policy(step, Array.ConvertAll(open, rollout => rollout.Number), seen, chunks);
            int played = Math.Min(Chunk, steps - step);
            simulations.Share(open.Length, (i, data) =>
            {
                for (int at = 0; at < played && open[i].GoesOn; at++)
                    open[i].Advance(data, chunks[(i * Chunk) + at]);
            });
            open = [.. open.Where(rollout => rollout.GoesOn)];
        }
    }
}
