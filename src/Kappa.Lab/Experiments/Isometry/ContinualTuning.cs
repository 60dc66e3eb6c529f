namespace Kappa.Lab.Experiments.Isometry;

/// <summary>Chooses a learning rate and strength for every method, on seeds that are not reported: the highest mean accuracy at the end of tasks.</summary>
internal static class ContinualTuning
{
    /// <summary>What is added to a tuning seed's number, so that it is not a reported one.</summary>
    internal const int FirstSeed = 1000;

    /// <summary>Runs all candidates.</summary>
    internal static void Run(TaskKind kind, ContinualSettings settings, CellContext context) =>
        Sweep.Run(Trials(kind, settings), NameOf, (trial, work) => ContinualRun.Run(trial, work)["finalAccuracy"].Average(), context);

    /// <summary>The choice for a method, from the scores that <see cref="Run"/> left in the prepared folder. Equal scores: the first, so the smaller
    /// rate.</summary>
    internal static TuningChoice Choose(TaskKind kind, ContinualSettings settings, ContinualMethod method, RunPart prepared)
    {
        (double LearningRate, double Strength, double Accuracy)[] scores =
        [
            .. Trials(kind, settings).Where(trial => trial.Method == method)
                .GroupBy(trial => (trial.LearningRate, trial.Strength))
                .Select(group => (group.Key.LearningRate, group.Key.Strength, group.Average(trial => Sweep.Read(prepared, NameOf(trial))))),
        ];
        var best = scores.MaxBy(score => score.Accuracy);
        return double.IsFinite(best.Accuracy)
            ? new TuningChoice(best.LearningRate, best.Strength, scores)
            : throw new NonFiniteException($"{method.Name}: no learning rate of {string.Join(", ", settings.LearningRates)} stayed finite; give smaller ones");
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

/// <summary>The learning rate and strength that a method was given, and each candidate with its accuracy over tasks and tuning seeds.</summary>
internal sealed record TuningChoice(double LearningRate, double Strength, IReadOnlyList<(double LearningRate, double Strength, double Accuracy)> Scores)
{
    /// <summary>Whether the chosen learning rate is the first or last of several: the best may lie outside.</summary>
    internal bool IsAtEdge
    {
        get
        {
            double[] rates = [.. Scores.Select(score => score.LearningRate).Distinct()];
            return rates.Length > 1 && (LearningRate == rates.Min() || LearningRate == rates.Max());
        }
    }
}
