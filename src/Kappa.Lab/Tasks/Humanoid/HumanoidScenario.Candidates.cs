namespace Kappa.Lab.Tasks.Humanoid;

public abstract partial class HumanoidScenario
{
    // A scenario whose expert survives fewer than this is mis-set, and would search for ever.
    private const double LeastExpertSurvival = 0.1;

    /// <summary>
    /// Tries numbered starts until enough were survived by the expert, and keeps the first of those in the order of their numbers: which ones
    /// are kept does not depend on the number of threads.
    /// </summary>
    private static (T[] Kept, int Examined) KeepSurvived<T>(
        int count, int threads, Philox stream, Func<Philox, MujocoData, T?> tryCandidate, MujocoModel model,
        IProgress<double>? progress, CancellationToken cancellation)
        where T : class
    {
        var kept = new List<T>(count);
        var options = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation };
        int examined = 0, limit = (int)Math.Min(int.MaxValue, (count / LeastExpertSurvival) + 100);
        while (kept.Count < count)
        {
            int block = count - kept.Count, first = examined, done = 0, before = kept.Count;
            var candidates = new T?[block];
            _ = Parallel.For(
                0, block, options, model.CreateData,
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
            {
                throw new InvalidOperationException(
                    $"The expert survived {kept.Count} of {examined} starts, expected at least a tenth: lower the control noise or the length.");
            }
        }
        progress?.Report(1);
        return ([.. kept], examined);
    }
}
