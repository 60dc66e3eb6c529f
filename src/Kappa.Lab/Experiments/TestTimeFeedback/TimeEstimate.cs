using System.Diagnostics;

namespace Kappa.Lab.Experiments.TestTimeFeedback;

/// <summary>About how long a study takes.</summary>
/// <param name="FewestRuns">Trainings where no grid grows and both ways to choose agree.</param>
/// <param name="MostRuns">Trainings where every grid grows as far as it may and they never agree.</param>
/// <param name="FewestSeconds">Wall-clock time of the former.</param>
/// <param name="MostSeconds">Wall-clock time of the latter.</param>
internal sealed record TimeEstimate(int FewestRuns, int MostRuns, double FewestSeconds, double MostSeconds)
{
    private const int TriedSteps = 10;

    /// <summary>What the command says.</summary>
    internal string Sentence => FewestRuns == MostRuns
        ? $"{FewestRuns} trainings, about {Figures.Duration(FewestSeconds)} by a short try"
        : $"{FewestRuns} to {MostRuns} trainings, about {Figures.Duration(FewestSeconds)} to {Figures.Duration(MostSeconds)} by a short try";

    public static TimeEstimate operator +(TimeEstimate one, TimeEstimate other) => new(
        one.FewestRuns + other.FewestRuns, one.MostRuns + other.MostRuns, one.FewestSeconds + other.FewestSeconds, one.MostSeconds + other.MostSeconds);

    /// <summary>From two short trainings, of which the second meets code that is compiled, and the deployment after it. A policy that falls at once is
    /// deployed faster than one that does not.</summary>
    internal static TimeEstimate Of(FeedbackSettings settings, PreparedTask task, CellContext context)
    {
        var methods = settings.Methods;
        int steps = Math.Min(TriedSteps, settings.Steps);
        var few = settings with { Steps = steps, Schedule = settings.Schedule with { Warmup = 0 } };
        var method = few.Methods[1];
        double training = 0, others = 0;
        for (int i = 0; i < 2; i++)
        {
            long start = Stopwatch.GetTimestamp();
            var part = context.Work.Part(i.ToString(CultureInfo.InvariantCulture));
            var run = FeedbackRun.Do(
                few, task, method, method.Candidates(few)[0], FeedbackTuning.FirstSeed, part, _ => { }, context.Compute, context.Cancellation);
            training = run.Seconds / steps * settings.Steps;
            others = Math.Max(0, Stopwatch.GetElapsedTime(start).TotalSeconds - run.Seconds);
        }
        int tuning = methods.Sum(one => one.Candidates(settings).Count) * settings.TuningSeeds, reported = methods.Count * settings.Seeds;
        int most = tuning + (methods.Count * settings.Extensions * settings.TuningSeeds) + (2 * reported);
        double OfRuns(int runs) => runs * (training + others) / context.Jobs;
        return new TimeEstimate(tuning + reported, most, OfRuns(tuning + reported), OfRuns(most));
    }
}
