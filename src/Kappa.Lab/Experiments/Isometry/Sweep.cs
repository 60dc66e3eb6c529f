namespace Kappa.Lab.Experiments.Isometry;

/// <summary>Scores candidates before an experiment's cells run, each score kept as soon as it is there.</summary>
internal static class Sweep
{
    private const string Field = "score";

    /// <summary>Scores what is not scored yet, several at once with one thread each.</summary>
    /// <param name="trials">The candidates.</param>
    /// <param name="nameOf">A name for each that can be a file's.</param>
    /// <param name="score">What scores it; repeatable.</param>
    /// <param name="context">Where to.</param>
    internal static void Run<T>(IEnumerable<T> trials, Func<T, string> nameOf, Func<T, CellContext, double> score, CellContext context)
    {
        var open = trials.Where(trial => !context.Prepared.Has(FileOf(nameOf(trial)))).ToArray();
        int done = 0;
        WorkQueue.Run(
            open, context.Jobs,
            (trial, stop) =>
            {
                var work = context.Prepared.Part("work").Part(nameOf(trial));
                double found = score(trial, context with { Work = work, Cancellation = stop, Report = _ => { } });
                context.Prepared.WriteSealed(FileOf(nameOf(trial)), new JsonObject { [Field] = CellResult.Json(found) });
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
