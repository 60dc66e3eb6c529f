using System.Text.Json;
using System.Text.Json.Nodes;
using Kappa.Lab.Reproduction;
using Kappa.Networks.Checkpoints;
using Kappa.Tensors;

namespace Kappa.Lab.Continual;

/// <summary>Candidates that are scored before an experiment's cells run, each score kept as soon as it is there.</summary>
internal static class Sweep
{
    /// <summary>Scores what is not scored yet, several at once with one thread each.</summary>
    /// <param name="candidates">A name for each that can be a file's, and what scores it; repeatable.</param>
    /// <param name="context">Where to.</param>
    internal static void Run(IReadOnlyList<(string Name, Func<CellContext, double> Score)> candidates, CellContext context)
    {
        var open = candidates.Where(candidate => !File.Exists(FileOf(context.PreparedFolder, candidate.Name))).ToArray();
        int threads = ComputeThreads.Count, done = 0;
        try
        {
            ComputeThreads.Count = 1;
            _ = Parallel.ForEach(open, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = context.Cancellation }, candidate =>
            {
                string work = Path.Combine(context.PreparedFolder, "work", candidate.Name);
                _ = Directory.CreateDirectory(work);
                var json = new JsonObject { ["score"] = candidate.Score(context with { Folder = work, Report = _ => { } }) };
                AtomicFile.Write(FileOf(context.PreparedFolder, candidate.Name), stream => JsonSerializer.Serialize(stream, json));
                Directory.Delete(work, recursive: true);
                context.Report((double)Interlocked.Increment(ref done) / open.Length);
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

    /// <summary>A score that <see cref="Run"/> left.</summary>
    internal static double Read(string preparedFolder, string name) => JsonNode.Parse(File.ReadAllBytes(FileOf(preparedFolder, name)))!["score"]!.GetValue<double>();

    private static string FileOf(string folder, string name) => Path.Combine(folder, $"{name}.json");
}
