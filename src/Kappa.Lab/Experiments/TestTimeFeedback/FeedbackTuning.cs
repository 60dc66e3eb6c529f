namespace Kappa.Lab.Experiments.TestTimeFeedback;

/// <summary>Chooses rate and weight decay of every method on seeds that are not reported, by the deployed metric; a best rate at the edge of those tried adds a
/// further one.</summary>
internal static class FeedbackTuning
{
    /// <summary>What is added to a tuning seed's number, so that it is not a reported one.</summary>
    internal const long FirstSeed = 1000;

    private const double UsualRatio = 3;

    /// <summary>Runs what is not run yet, each result kept as soon as it is there.</summary>
    internal static void Run(FeedbackSettings settings, PreparedTask task, CellContext context)
    {
        var times = StepTimes.Of(context.Prepared);
        FeedbackMethod[] methods = [.. settings.Methods.Select(method => method.Timed(times))];
        var candidates = methods.ToDictionary(method => method.Key, method => method.Candidates(settings).ToList());
        for (int round = 0; round <= settings.Extensions; round++)
        {
            RunAll(settings, task, methods, candidates, context, (double)round / (settings.Extensions + 1));
            foreach (var method in methods)
            {
                if (round < settings.Extensions && Next(settings, task, method, candidates[method.Key], context.Prepared) is { } next)
                    candidates[method.Key].Add(next);
            }
        }
    }

    /// <summary>Every candidate that <see cref="Run"/> tried for a method, and the runs of each.</summary>
    internal static IReadOnlyList<FeedbackRun> Runs(FeedbackSettings settings, PreparedTask task, FeedbackMethod method, RunPart prepared)
    {
        var candidates = method.Candidates(settings).ToList();
        for (int round = 0; round < settings.Extensions; round++)
        {
            if (Next(settings, task, method, candidates, prepared) is { } next)
                candidates.Add(next);
        }
        return [.. candidates.SelectMany(candidate => RunsOf(settings, method, candidate, prepared))];
    }

    /// <summary>The best candidate by the deployed metric, or by the validation loss; equal ones by the other of the two, then the first.</summary>
    /// <param name="runs">The runs of all candidates.</param>
    /// <param name="higherIsBetter">Whether a larger metric is better.</param>
    /// <param name="byLoss">Whether the validation loss decides.</param>
    internal static Candidate Best(IReadOnlyList<FeedbackRun> runs, bool higherIsBetter, bool byLoss)
    {
        // A run that diverged is as bad as can be.
        double Metric(IEnumerable<FeedbackRun> of) => of.Average(run => run.Metric is { } value ? (higherIsBetter ? -value : value) : double.PositiveInfinity);
        double Loss(IEnumerable<FeedbackRun> of) => of.Average(run => run.ValidationLoss ?? double.PositiveInfinity);
        var groups = runs.GroupBy(run => run.Candidate).ToArray();
        return (byLoss ? groups.OrderBy(Loss).ThenBy(Metric) : groups.OrderBy(Metric).ThenBy(Loss)).First().Key;
    }

    /// <summary>Whether the rate of a candidate is the lowest or the highest of those that were tried.</summary>
    internal static bool IsAtEdge(IEnumerable<FeedbackRun> runs, Candidate candidate)
    {
        double[] rates = [.. runs.Select(run => run.Candidate.LearningRate)];
        return candidate.LearningRate == rates.Min() || candidate.LearningRate == rates.Max();
    }

    private static void RunAll(
        FeedbackSettings settings, PreparedTask task, IReadOnlyList<FeedbackMethod> methods, Dictionary<string, List<Candidate>> candidates,
            CellContext context,
        double share)
    {
        (FeedbackMethod Method, Candidate Candidate, long Seed)[] open =
        [
            .. from seed in TuningSeeds(settings)
               from method in methods
               from candidate in candidates[method.Key]
               where !context.Prepared.Has(FileOf(method, candidate, seed))
               select (method, candidate, seed),
        ];
        int done = 0;
        WorkQueue.Run(
            open, context.Jobs,
            (one, stop) =>
            {
                var work = context.Prepared.Part("work").Part(NameOf(one.Method, one.Candidate, one.Seed));
                var run = FeedbackRun.Do(settings, task, one.Method, one.Candidate, one.Seed, work, _ => { }, stop);
                var kept = run with { Curves = [], Scalars = new Dictionary<string, double>() };
                context.Prepared.WriteSealed(FileOf(one.Method, one.Candidate, one.Seed), kept.Written());
                work.Remove();
                context.Report(Math.Max(share, (double)Interlocked.Increment(ref done) / open.Length / (settings.Extensions + 1)));
            },
            context.Cancellation);
        context.Cancellation.ThrowIfCancellationRequested();
        context.Prepared.Part("work").Remove();
    }

    /// <summary>The rate beyond the best one, with its weight decay, where that is at the edge.</summary>
    private static Candidate? Next(FeedbackSettings settings, PreparedTask task, FeedbackMethod method, IReadOnlyList<Candidate> candidates, RunPart prepared)
    {
        var best = Best([.. candidates.SelectMany(candidate => RunsOf(settings, method, candidate, prepared))], task.HigherIsBetter, byLoss: false);
        double[] rates = [.. candidates.Where(candidate => candidate.WeightDecay == best.WeightDecay).Select(candidate => candidate.LearningRate).Order()];
        double beyond = best.LearningRate == rates[^1] ? best.LearningRate * (rates.Length > 1 ? rates[^1] / rates[^2] : UsualRatio)
            : best.LearningRate == rates[0] ? best.LearningRate * rates[0] / rates[1]
            : 0;
        // Three digits, as people write rates.
        double rate = double.Parse(beyond.ToString("G3", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        return rate > 0 && double.IsFinite(rate) ? best with { LearningRate = rate } : null;
    }

    private static IEnumerable<FeedbackRun> RunsOf(FeedbackSettings settings, FeedbackMethod method, Candidate candidate, RunPart prepared) =>
        TuningSeeds(settings).Select(seed => FeedbackRun.Read(prepared.ReadSealed(FileOf(method, candidate, seed), "the candidate is tried again")
            ?? throw new DamagedFileException(
                prepared.PathOf(FileOf(method, candidate, seed)), "it is missing", "Resume: the candidate is tried again")));

    private static IEnumerable<long> TuningSeeds(FeedbackSettings settings) => Enumerable.Range(0, settings.TuningSeeds).Select(seed => FirstSeed + seed);

    private static string NameOf(FeedbackMethod method, Candidate candidate, long seed) =>
        FormattableString.Invariant($"{method.Key}-{candidate.Key}-seed{seed}");

    private static string FileOf(FeedbackMethod method, Candidate candidate, long seed) => $"{NameOf(method, candidate, seed)}.json";
}
