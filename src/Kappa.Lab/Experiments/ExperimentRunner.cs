using Kappa.Pieces;

namespace Kappa.Lab.Experiments;

/// <summary>Runs the cells of an experiment, several at once, and keeps each result as soon as it is there.</summary>
/// <remarks>A cell's result depends on its own work alone, not on how many run at once. Several at once take one thread each; one alone takes all.</remarks>
public sealed class ExperimentRunner
{
    private readonly ExperimentPlan _plan;
    private readonly ComputeSettings _compute;

    /// <summary>Makes a runner.</summary>
    /// <param name="plan">What to do.</param>
    /// <param name="compute">Where models are trained and measured; null for the host.</param>
    /// <exception cref="ArgumentException">Two cells have keys that would share a file.</exception>
    public ExperimentRunner(ExperimentPlan plan, ComputeSettings? compute = null)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var slugs = plan.Cells.GroupBy(cell => ExperimentFolder.SlugOf(cell.Key), StringComparer.OrdinalIgnoreCase);
        if (slugs.FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new ArgumentException(
                $"expected cells with different keys; got {string.Join(" and ", twice.Select(cell => $"\"{cell.Key}\""))}", nameof(plan));
        (_plan, _compute) = (plan, compute ?? new ComputeSettings());
    }

    /// <summary>The processes that share the cells: the first opens the folder and calls
    /// <see cref="Run(RunFolder, int, IProgress{ExperimentProgress}?, CancellationToken)"/>, the others <see cref="Join"/>.</summary>
    public IProcessGroup Processes { get; init; } = new SoleProcess();

    /// <summary>What was asked for, which all processes have to agree on.</summary>
    public string Config { get; init; } = "";

    /// <summary>Tries some of the work of a run that has none of it done, to say how long all of it will take; null where that cannot be said, or some is
    /// done.</summary>
    /// <param name="run">The folder, opened.</param>
    /// <param name="jobs">Cells at once, 1 or more.</param>
    /// <param name="cancellation">Stops it.</param>
    public string? Estimate(RunFolder run, int jobs, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentOutOfRangeException.ThrowIfLessThan(jobs, 1);
        if (_plan.Estimate is not { } estimate || Finished(new ExperimentFolder(run)).Finished.Count > 0 || run.Has("prepared"))
            return null;
        // A folder that holds nothing else holds nothing: it may be left behind when the process ends.
        var work = run.Part($".estimate{RunPaths.TemporarySuffix}");
        try
        {
            return estimate(new CellContext(work, work, jobs, cancellation, _ => { }) { Compute = _compute });
        }
        finally
        {
            work.Remove();
        }
    }

    /// <summary>Begins the run of a folder, or goes on with it, and does what is not done yet.</summary>
    /// <param name="run">The folder, opened.</param>
    /// <param name="jobs">Cells at once, 1 or more.</param>
    /// <param name="progress">Takes where each cell stands, from several threads; may be null.</param>
    /// <param name="cancellation">Stops the cells that run; those that write checkpoints go on from there next time.</param>
    /// <returns>The results so far; fewer than all when it was stopped.</returns>
    /// <exception cref="IOException">A file is damaged, or cannot be written; results written before are intact.</exception>
    public CellResults Run(RunFolder run, int jobs, IProgress<ExperimentProgress>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentOutOfRangeException.ThrowIfLessThan(jobs, 1);
        ProcessAgreement.Require(Processes, Config, _plan.Data);
        run.Begin(_plan.Data);
        var folder = new ExperimentFolder(run);
        ExperimentCell[] open = [.. _plan.Cells.Where(cell => folder.Read(cell.Key) is null)];
        folder.RemoveWorkBut(open.Select(cell => cell.Key));
        foreach (var cell in _plan.Cells.Except(open))
            progress?.Report(new ExperimentProgress(cell.Key, 1, IsFinished: true));
        try
        {
            if (open.Length > 0)
                _plan.Prepare(Context(folder, null, jobs, progress, cancellation));
            using var work = SharedWork.Begin(Processes, run, SayWhatOthersDid, cancellation);
            Share(work, folder, open, jobs, progress);
            if (!cancellation.IsCancellationRequested)
                folder.RemoveWorkBut([]);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // What was finished is on the disk.
        }
        return Finished(folder);

        void SayWhatOthersDid(SharedWork work)
        {
            foreach (var (index, cell) in _plan.Cells.Index())
            {
                if (work.IsTaken(index) && folder.Has(cell.Key))
                    progress?.Report(new ExperimentProgress(cell.Key, 1, IsFinished: true));
            }
        }
    }

    /// <summary>Does cells of a run that the first process of the job has opened, until none is left.</summary>
    /// <param name="jobs">Cells at once, 1 or more.</param>
    /// <param name="cancellation">Stops the cells that run; those that write checkpoints go on from there next time.</param>
    /// <exception cref="RunFolderException">The processes were started with different configs, data or versions.</exception>
    public void Join(int jobs, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(jobs, 1);
        ProcessAgreement.Require(Processes, Config, _plan.Data);
        var (work, run) = SharedWork.Join(Processes, cancellation);
        using var disposed = work;
        var folder = new ExperimentFolder(run);
        ExperimentCell[] open = [.. _plan.Cells.Where(cell => folder.Read(cell.Key) is null)];
        // The first process has left it in the folder; what it leaves in memory each makes for itself.
        if (open.Length > 0)
            _plan.Prepare(Context(folder, null, jobs, null, work.Token));
        Share(work, folder, open, jobs, null);
    }

    private void Share(SharedWork work, ExperimentFolder folder, ExperimentCell[] open, int jobs, IProgress<ExperimentProgress>? progress)
    {
        var numbers = _plan.Cells.Index().ToDictionary(pair => pair.Item.Key, pair => pair.Index);
        WorkQueue.Run(
            open, jobs,
            (cell, stop) =>
            {
                if (work.Take(numbers[cell.Key]))
                    RunCell(folder, cell, jobs, progress, stop);
            },
            work.Token);
        work.Finish();
    }

    /// <summary>The results so far, without running any.</summary>
    /// <param name="folder">The run.</param>
    public CellResults Finished(ExperimentFolder folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return new([.. _plan.Cells.Select(cell => folder.Read(cell.Key)).OfType<CellResult>()], _plan.Cells.Count);
    }

    private void RunCell(ExperimentFolder folder, ExperimentCell cell, int jobs, IProgress<ExperimentProgress>? progress, CancellationToken stop)
    {
        // One that goes on from a checkpoint says by its first report where it stands; one that begins does so here.
        if (!Directory.Exists(folder.WorkOf(cell.Key).FolderPath))
            progress?.Report(new ExperimentProgress(cell.Key, 0, IsFinished: false));
        try
        {
            folder.Write(new CellResult(cell.Key, cell.Run(Context(folder, cell.Key, jobs, progress, stop))));
        }
        catch (Exception error) when (error is not (OperationCanceledException or IOException or OutOfMemoryException))
        {
            throw new ExperimentException($"{cell.Key}: {error.Message}", error);
        }
        progress?.Report(new ExperimentProgress(cell.Key, 1, IsFinished: true));
    }

    private CellContext Context(
        ExperimentFolder folder, string? key, int jobs, IProgress<ExperimentProgress>? progress, CancellationToken cancellation) => new(
        key is null ? folder.Prepared : folder.WorkOf(key), folder.Prepared, jobs, cancellation,
        share => progress?.Report(new ExperimentProgress(key, share, IsFinished: false)))
    {
        Compute = _compute,
    };
}
