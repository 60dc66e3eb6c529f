using System.Text.Json;
using System.Text.Json.Nodes;
using Kappa.Lab.Reproduction;
using Kappa.Networks.Checkpoints;
using Kappa.Tensors;

namespace Kappa.Lab.Continual;

/// <summary>Chooses a learning rate and strength for every method, on seeds that are not reported: the highest mean accuracy at the end of tasks.</summary>
internal static class ContinualTuning
{
    /// <summary>What is added to a tuning seed's number, so that it is not a reported one.</summary>
    internal const int FirstSeed = 1000;

    /// <summary>Runs all candidates, several at once with one thread each, and keeps every score in the prepared folder.</summary>
    internal static void Run(TaskKind kind, ContinualSettings settings, CellContext context)
    {
        ContinualTrial[] open = [.. Trials(kind, settings).Where(trial => !File.Exists(FileOf(context.PreparedFolder, trial)))];
        int threads = ComputeThreads.Count, done = 0;
        int total = Math.Max(1, open.Length);
        try
        {
            ComputeThreads.Count = 1;
            _ = Parallel.ForEach(open, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = context.Cancellation }, trial =>
            {
                string work = Path.Combine(context.PreparedFolder, "work", SlugOf(trial));
                _ = Directory.CreateDirectory(work);
                var record = ContinualRun.Run(trial, context with { Folder = work, Report = _ => { } });
                var json = new JsonObject { ["accuracy"] = record.FinalAccuracy.Average() };
                AtomicFile.Write(FileOf(context.PreparedFolder, trial), stream => JsonSerializer.Serialize(stream, json));
                Directory.Delete(work, recursive: true);
                context.Report((double)Interlocked.Increment(ref done) / total);
            });
        }
        catch (AggregateException error) when (error.InnerExceptions.Any(inner => inner is OperationCanceledException))
        {
            throw new OperationCanceledException(context.Cancellation);
        }
        finally
        {
            ComputeThreads.Count = threads;
        }
    }

    /// <summary>The choice for a method, from the scores that <see cref="Run"/> left. Equal scores: the first, so the smaller rate.</summary>
    internal static TuningChoice Choose(TaskKind kind, ContinualSettings settings, ContinualMethod method, string preparedFolder)
    {
        TuningScore[] scores =
        [
            .. Trials(kind, settings).Where(trial => trial.Method == method)
                .GroupBy(trial => (trial.LearningRate, trial.Strength))
                .Select(group => new TuningScore(group.Key.LearningRate, group.Key.Strength, group.Average(trial => Read(FileOf(preparedFolder, trial))))),
        ];
        var best = scores.MaxBy(score => score.Accuracy)!;
        return new TuningChoice(best.LearningRate, best.Strength, scores);
    }

    internal static IReadOnlyList<ContinualTrial> Trials(TaskKind kind, ContinualSettings settings) =>
    [
        .. from name in settings.Methods
           let method = ContinualMethods.Find(name)
           from rate in settings.LearningRates
           from strength in method.Strengths
           from seed in Enumerable.Range(FirstSeed, settings.TuningSeeds)
           select new ContinualTrial(kind, settings, method, rate, strength, settings.TuningTasks, seed),
    ];

    private static double Read(string file) => JsonNode.Parse(File.ReadAllBytes(file))!["accuracy"]!.GetValue<double>();

    private static string FileOf(string folder, ContinualTrial trial) => Path.Combine(folder, $"{SlugOf(trial)}.json");

    private static string SlugOf(ContinualTrial trial) => FormattableString.Invariant($"{trial.Method.Name}-lr{trial.LearningRate:R}-s{trial.Strength:R}-seed{trial.Seed}");
}
