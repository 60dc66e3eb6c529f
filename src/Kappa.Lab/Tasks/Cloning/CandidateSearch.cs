namespace Kappa.Lab.Tasks.Cloning;

/// <summary>Tries numbered starts until the expert has completed enough of them.</summary>
/// <param name="Model">What is simulated.</param>
/// <param name="Threads">How many work; the result does not depend on it.</param>
/// <param name="LeastShare">The share of starts that an expert completes at least, above 0: below it the search would go on for ever.</param>
/// <param name="TooFew">The error where it completes fewer, from the number completed and that tried.</param>
internal sealed record CandidateSearch(MujocoModel Model, int Threads, double LeastShare, Func<int, int, Exception> TooFew)
{
    /// <summary>Tries that are made before a share is judged, beyond those of the share itself.</summary>
    internal int Patience { get; init; } = 100;

    /// <summary>Keeps the first completed starts in the order of their numbers: which ones does not depend on the number of threads.</summary>
    /// <param name="count">How many to keep.</param>
    /// <param name="stream">Start i draws from its split i.</param>
    /// <param name="tryCandidate">What a start comes to; null where the expert does not complete it.</param>
    /// <param name="progress">Told the share done, from any thread; may be null.</param>
    /// <param name="cancellation">Cancels.</param>
    /// <returns>What was kept, and how many starts were tried.</returns>
    internal (T[] Kept, int Examined) Keep<T>(
        int count, Philox stream, Func<Philox, MujocoData, T?> tryCandidate, IProgress<double>? progress, CancellationToken cancellation)
        where T : class
    {
        var kept = new List<T>(count);
        var options = new ParallelOptions { MaxDegreeOfParallelism = Threads, CancellationToken = cancellation };
        int examined = 0, limit = (int)Math.Min(int.MaxValue, (count / LeastShare) + Patience);
        while (kept.Count < count)
        {
            int block = count - kept.Count, first = examined, done = 0, before = kept.Count;
            var candidates = new T?[block];
            _ = Parallel.For(
                0, block, options, Model.CreateData,
                (i, _, data) =>
                {
                    // Reset so that no candidate depends on what its thread did before.
                    data.Reset();
                    candidates[i] = tryCandidate(stream.Split(first + i), data);
                    progress?.Report((before + ((double)Interlocked.Increment(ref done) * (count - before) / block)) / (count + 1));
                    return data;
                },
                data => data.Dispose());
            kept.AddRange(candidates.OfType<T>());
            examined += block;
            if (examined > limit)
                throw TooFew(kept.Count, examined);
        }
        progress?.Report(1);
        return ([.. kept], examined);
    }
}
