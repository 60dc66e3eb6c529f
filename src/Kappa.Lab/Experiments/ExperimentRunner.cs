using System.Runtime.ExceptionServices;
using Kappa.Tensors;

namespace Kappa.Lab.Experiments;

/// <summary>Runs the cells of an experiment, several at once, and keeps each result as soon as it is there.</summary>
/// <remarks>A cell's result depends on its own work alone, not on how many run at once. Several at once take one thread each; one alone takes all.</remarks>
public sealed class ExperimentRunner
{
    private readonly ExperimentPlan _plan;
    private readonly ReproductionFolder _folder;

    /// <summary>Makes a runner.</summary>
    /// <param name="plan">What to do.</param>
    /// <param name="folder">Where to.</param>
    /// <exception cref="ArgumentException">Two cells have keys that would share a file.</exception>
    public ExperimentRunner(ExperimentPlan plan, ReproductionFolder folder)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(folder);
        if (plan.Cells.GroupBy(cell => ReproductionFolder.SlugOf(cell.Key), StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new ArgumentException($"expected cells with different keys; got {string.Join(" and ", twice.Select(cell => $"\"{cell.Key}\""))}", nameof(plan));
        (_plan, _folder) = (plan, folder);
    }

    /// <summary>Does what is not done yet.</summary>
    /// <param name="jobs">Cells at once, 1 or more.</param>
    /// <param name="progress">Takes where each cell stands, from several threads; may be null.</param>
    /// <param name="cancellation">Stops the cells that run; those that write checkpoints go on from there next time.</param>
    /// <returns>The results so far; fewer than all when it was stopped.</returns>
    /// <exception cref="IOException">A file cannot be written; results written before are intact.</exception>
    public CellResults Run(int jobs, IProgress<ExperimentProgress>? progress, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(jobs, 1);
        ExperimentCell[] open = [.. _plan.Cells.Where(cell => _folder.Read(cell.Key) is null)];
        foreach (var cell in _plan.Cells.Except(open))
            progress?.Report(new ExperimentProgress(cell.Key, 1, IsFinished: true));
        if (open.Length == 0)
            return Finished();
        int threadsBefore = ComputeThreads.Count;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            _plan.Prepare(Context(null, progress, stop.Token));
            int workers = Math.Min(jobs, open.Length);
            if (workers > 1)
                ComputeThreads.Count = 1;
            RunCells(open, workers, progress, stop);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // What was finished is on the disk.
        }
        finally
        {
            ComputeThreads.Count = threadsBefore;
        }
        return Finished();
    }

    /// <summary>The results so far, without running any.</summary>
    public CellResults Finished() => new([.. _plan.Cells.Select(cell => _folder.Read(cell.Key)).OfType<CellResult>()], _plan.Cells.Count);

    private void RunCells(ExperimentCell[] cells, int workers, IProgress<ExperimentProgress>? progress, CancellationTokenSource stop)
    {
        int next = -1;
        Exception? failure = null;
        void Work()
        {
            for (int index; !stop.IsCancellationRequested && (index = Interlocked.Increment(ref next)) < cells.Length;)
            {
                try
                {
                    var cell = cells[index];
                    _folder.Write(new CellResult(cell.Key, cell.Run(Context(cell.Key, progress, stop.Token))));
                    progress?.Report(new ExperimentProgress(cell.Key, 1, IsFinished: true));
                }
                catch (OperationCanceledException) when (stop.IsCancellationRequested)
                {
                    // Its checkpoint, if it writes any, is written.
                }
                catch (Exception error)
                {
                    _ = Interlocked.CompareExchange(ref failure, new ExperimentException($"{cells[index].Key}: {error.Message}", error), null);
                    stop.Cancel();
                }
            }
        }
        var threads = Enumerable.Range(0, workers).Select(i => new Thread(Work) { Name = $"Kappa cell {i + 1}" }).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        if (failure is not null)
            ExceptionDispatchInfo.Throw(failure);
    }

    private CellContext Context(string? key, IProgress<ExperimentProgress>? progress, CancellationToken cancellation)
    {
        string folder = key is null ? _folder.PreparedFolder : _folder.WorkOf(key);
        _ = Directory.CreateDirectory(folder);
        return new CellContext(folder, _folder.PreparedFolder, cancellation, share => progress?.Report(new ExperimentProgress(key, share, IsFinished: false)));
    }
}
