namespace Kappa.Lab.Experiments.Isometry;

/// <summary>Chooses a learning rate and strength for every method, on seeds that are not reported: the highest mean accuracy at the end of tasks.</summary>
internal static class ContinualTuning
{
    /// <summary>What is added to a tuning seed's number, so that it is not a reported one.</summary>
    internal const int FirstSeed = 1000;

    /// <summary>Runs all candidates.</summary>
    internal static void Run(TaskKind kind, ContinualSettings settings, CellContext context) =>
        Sweep.Run([.. Trials(kind, settings).Select(trial => (NameOf(trial), (Func<CellContext, double>)(work => ContinualRun.Run(trial, work).FinalAccuracy.Average())))], context);

    /// <summary>The choice for a method, from the scores that <see cref="Run"/> left in the prepared folder. Equal scores: the first, so the smaller
    /// rate.</summary>
    internal static TuningChoice Choose(TaskKind kind, ContinualSettings settings, ContinualMethod method, RunPart prepared)
    {
        TuningScore[] scores =
        [
            .. Trials(kind, settings).Where(trial => trial.Method == method)
                .GroupBy(trial => (trial.LearningRate, trial.Strength))
                .Select(group => new TuningScore(group.Key.LearningRate, group.Key.Strength, group.Average(trial => Sweep.Read(prepared, NameOf(trial))))),
        ];
        var best = scores.MaxBy(score => score.Accuracy)!;
        if (!double.IsFinite(best.Accuracy))
            throw new NonFiniteException($"{method.Name}: no learning rate of {string.Join(", ", settings.LearningRates)} stayed finite; give smaller ones");
        return new TuningChoice(best.LearningRate, best.Strength, scores);
    }

    internal static IReadOnlyList<ContinualTrial> Trials(TaskKind kind, ContinualSettings settings) =>
    [
        .. from method in settings.Methods
           from rate in settings.LearningRates
           from strength in method.Strengths
           from seed in Enumerable.Range(FirstSeed, settings.TuningSeeds)
           select new ContinualTrial(kind, settings, method, rate, strength, settings.TuningTasks, seed),
    ];

    private static string NameOf(ContinualTrial trial) =>
        FormattableString.Invariant($"{ExperimentFolder.SlugOf(trial.Method.Name)}-lr{trial.LearningRate:R}-s{trial.Strength:R}-seed{trial.Seed}");
}
