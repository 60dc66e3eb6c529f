namespace Kappa.Lab.Tasks.CartPole;

/// <summary>Rollouts of a policy side by side: it is asked for all at once, and their physics and pictures are spread over threads.</summary>
internal sealed class CartPoleRun : IDisposable
{
    private readonly ChunkPolicy _policy;
    private readonly CartPoleEye _eye;
    private readonly int _chunk;
    private readonly MujocoData[] _data;

    internal CartPoleRun(ChunkPolicy policy, CartPoleEye eye, int chunk, int threads)
    {
        (_policy, _eye, _chunk) = (policy, eye, chunk);
        _data = [.. Enumerable.Range(0, threads).Select(_ => CartPolePhysics.Model.CreateData())];
    }

    internal void Play(IReadOnlyList<CartPoleRollout> rollouts, int steps, CancellationToken cancellation)
    {
        var open = rollouts.ToArray();
        for (int step = 0; step < steps && open.Length > 0; step += _chunk)
        {
            cancellation.ThrowIfCancellationRequested();
            float[] seen = new float[open.Length * _eye.ObservationSize], chunks = new float[open.Length * _chunk];
            Spread(open.Length, (i, _) => _eye.Observe(open[i].States, seen.AsSpan(i * _eye.ObservationSize, _eye.ObservationSize)));
            _policy(step, Array.ConvertAll(open, rollout => rollout.Number), seen, chunks);
            int played = Math.Min(_chunk, steps - step);
            Spread(open.Length, (i, data) =>
            {
                for (int at = 0; at < played && open[i].GoesOn; at++)
                    open[i].Advance(data, chunks[(i * _chunk) + at]);
            });
            open = [.. open.Where(rollout => rollout.GoesOn)];
        }
    }

    public void Dispose()
    {
        foreach (var data in _data)
            data.Dispose();
    }

    /// <summary>Does something for each number below a count, each thread with a simulation of its own.</summary>
    private void Spread(int count, Action<int, MujocoData> work) => Parallel.For(0, _data.Length, thread =>
    {
        for (int i = count * thread / _data.Length; i < count * (thread + 1) / _data.Length; i++)
            work(i, _data[thread]);
    });
}
