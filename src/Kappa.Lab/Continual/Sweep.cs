using System.Runtime.ExceptionServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kappa.Checkpoints;
using Kappa.Lab.Reproduction;
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
                var json = new JsonObject { ["score"] = CellResult.Json(candidate.Score(context with { Folder = work, Report = _ => { } })) };
                AtomicFile.Write(FileOf(context.PreparedFolder, candidate.Name), stream => JsonSerializer.Serialize(stream, json));
                Directory.Delete(work, recursive: true);
                context.Report((double)Interlocked.Increment(ref done) / open.Length);
            });
        }
        catch (AggregateException error)
        {
            if (error.InnerExceptions.Any(inner => inner is OperationCanceledException))
                throw new OperationCanceledException(context.Cancellation);
            ExceptionDispatchInfo.Throw(error.InnerExceptions[0]);
        }
        finally
        {
            ComputeThreads.Count = threads;
        }
    }

    /// <summary>A score that <see cref="Run"/> left; minus infinity, the worst, where it was not finite.</summary>
    internal static double Read(string preparedFolder, string name)
    {
        string file = FileOf(preparedFolder, name);
        try
        {
            double score = new CellResult(name, JsonNode.Parse(File.ReadAllBytes(file))!.AsObject()).Number("score");
            return double.IsFinite(score) ? score : double.NegativeInfinity;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or NullReferenceException)
        {
            throw new IOException($"{file}: expected the score of a candidate, such as {{\"score\":0.9}}. Delete it, and resume", error);
        }
    }

    private static string FileOf(string folder, string name) => Path.Combine(folder, $"{name}.json");
}
