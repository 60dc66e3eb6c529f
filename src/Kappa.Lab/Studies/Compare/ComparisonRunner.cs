using Kappa.Pieces;

namespace Kappa.Lab.Studies.Compare;

/// <summary>Runs all trials of a comparison, several at once.</summary>
/// <remarks>A trial's result depends on its own config and seed alone, not on how many run at once.</remarks>
public sealed class ComparisonRunner
{
    private readonly ComparisonConfig _config;
    private readonly PreparedTask _task;

    /// <summary>Makes a runner, and each optimizer with its model once, so that what does not fit is found before anything runs.</summary>
    /// <param name="config">What to run.</param>
    /// <param name="task">The task, prepared from the config's settings.</param>
    /// <exception cref="ConfigException">The task shows the config to be wrong.</exception>
    public ComparisonRunner(ComparisonConfig config, PreparedTask task)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(task);
        (_config, _task) = (config, task);
        if (config.BatchSize > task.TrainingCount)
            throw new ConfigException(
                $"batchSize: expected at most the {task.TrainingCount} training examples of {config.Task.Name}, or \"all\"; got {config.BatchSize}");
        for (int i = 0; i < config.Optimizers.Count; i++)
            Check(i);
    }

    /// <summary>The processes that share the trials: the first opens the folder and calls
    /// <see cref="Run(RunFolder, int, IProgress{TrialProgress}?, CancellationToken)"/>, the others <see cref="Join"/>.</summary>
    public IProcessGroup Processes { get; init; } = new SoleProcess();

    /// <summary>Begins the run of a folder, or goes on with it, and runs every trial that is not finished yet.</summary>
    /// <param name="run">The folder, opened.</param>
    /// <param name="jobs">Trials at once, 1 or more.</param>
    /// <param name="progress">Takes where each trial stands, from several threads; may be null.</param>
    /// <param name="cancellation">Stops: running trials write a checkpoint first.</param>
    /// <returns>The results in the order of <see cref="ComparisonConfig.Trials"/>; fewer than all when it was stopped.</returns>
    /// <exception cref="RunFolderException">The data is not that which the run began with.</exception>
    /// <exception cref="IOException">A file is damaged, or cannot be written, such as on a full disk; checkpoints written before are intact.</exception>
    public IReadOnlyList<TrialResult> Run(RunFolder run, int jobs, IProgress<TrialProgress>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(run);
        RequireAgreement();
        run.Begin(_task.Identity);
        var folder = new ComparisonFolder(run);
        var trials = _config.Trials();
        folder.RemoveOthers(trials);
        var results = new TrialResult?[trials.Count];
        var isSaid = new bool[trials.Count];
        using var work = SharedWork.Begin(Processes, run, SayWhatOthersDid, cancellation);
        WorkQueue.Run(
            [.. Enumerable.Range(0, trials.Count)], jobs,
            (index, stop) =>
            {
                if (!work.Take(index))
                    return;
                isSaid[index] = true;
                results[index] = Runner(folder, trials[index], progress).Run(stop);
            },
            work.Token);
        work.Finish();
        return Processes.Size > 1 ? Finished(folder) : [.. results.OfType<TrialResult>()];

        void SayWhatOthersDid(SharedWork all)
        {
            foreach (var (index, trial) in trials.Index())
            {
                if (isSaid[index] || !all.IsTaken(index) || !folder.Of(trial).HasResult)
                    continue;
                isSaid[index] = true;
                progress?.Report(new TrialProgress(trial, RunPhase.Finished, trial.Optimizer.Steps, null, null));
            }
        }
    }

    /// <summary>Runs trials of a run that the first process of the job has opened, until none is left.</summary>
    /// <param name="jobs">Trials at once, 1 or more.</param>
    /// <param name="cancellation">Stops: running trials write a checkpoint first.</param>
    /// <exception cref="RunFolderException">The processes were started with different configs, data or versions.</exception>
    public void Join(int jobs, CancellationToken cancellation)
    {
        RequireAgreement();
        var (work, run) = SharedWork.Join(Processes, cancellation);
        using var disposed = work;
        var folder = new ComparisonFolder(run);
        var trials = _config.Trials();
        WorkQueue.Run(
            [.. Enumerable.Range(0, trials.Count)], jobs,
            (index, stop) =>
            {
                if (work.Take(index))
                    _ = Runner(folder, trials[index], null).Run(stop);
            },
            work.Token);
        work.Finish();
    }

    private void RequireAgreement() =>
        ProcessAgreement.Require(Processes, SettingsOf<ComparisonConfig>.Write(_config).ToJsonString(), _task.Identity);

    /// <summary>The results of finished trials, without running any.</summary>
    /// <param name="folder">The run.</param>
    public IReadOnlyList<TrialResult> Finished(ComparisonFolder folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return [.. _config.Trials().Select(trial => Runner(folder, trial, null).Finished()).OfType<TrialResult>()];
    }

    private TrialRunner Runner(ComparisonFolder folder, Trial trial, IProgress<TrialProgress>? progress) =>
        new(_task, _config, trial, folder.Of(trial), progress);

    private void Check(int index)
    {
        var optimizer = _config.Optimizers[index];
        try
        {
            var trial = new Trial(optimizer, optimizer.LearningRates[0], _config.Seeds[0]);
            Runner(new ComparisonFolder(new RunPart("")), trial, null).Check();
        }
        catch (Exception error) when (error is ConfigException or ArgumentException)
        {
            throw new ConfigException($"optimizers[{index}] ({optimizer.Label}): {error.Message.Split(" (Parameter", 2)[0]}");
        }
    }
}
