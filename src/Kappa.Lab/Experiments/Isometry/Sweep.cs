namespace Kappa.Lab.Experiments.Isometry;

/// <summary>Scores candidates before an experiment's cells run, each score kept as soon as it is there.</summary>
internal static class Sweep
{
    private const string Field = "score";

    /// <summary>Scores what is not scored yet, several at once with one thread each.</summary>
    /// <param name="candidates">A name for each that can be a file's, and what scores it; repeatable.</param>
    /// <param name="context">Where to.</param>
    internal static void Run(IReadOnlyList<(string Name, Func<CellContext, double> Score)> candidates, CellContext context)
    {
        var open = candidates.Where(candidate => !context.Prepared.Has(FileOf(candidate.Name))).ToArray();
        int done = 0;
        WorkQueue.Run(
            open, context.Jobs,
            (candidate, stop) =>
            {
                var work = context.Prepared.Part("work").Part(candidate.Name);
                double score = candidate.Score(context with { Work = work, Cancellation = stop, Report = _ => { } });
                context.Prepared.WriteSealed(FileOf(candidate.Name), new JsonObject { [Field] = CellResult.Json(score) });
                work.Remove();
                context.Report((double)Interlocked.Increment(ref done) / open.Length);
            },
            context.Cancellation);
        context.Cancellation.ThrowIfCancellationRequested();
        context.Prepared.Part("work").Remove();
    }

    /// <summary>A score that <see cref="Run"/> left; minus infinity, the worst, where it was not finite.</summary>
    /// <exception cref="DamagedFileException">The file is damaged.</exception>
    internal static double Read(RunPart prepared, string name)
    {
        var json = prepared.ReadSealed(FileOf(name), "the candidate is scored again")
            ?? throw new DamagedFileException(prepared.PathOf(FileOf(name)), "it is missing", "Resume: the candidate is scored again");
        double score = new CellResult(name, json).Number(Field);
        return double.IsFinite(score) ? score : double.NegativeInfinity;
    }

    private static string FileOf(string name) => $"{name}.json";
}
