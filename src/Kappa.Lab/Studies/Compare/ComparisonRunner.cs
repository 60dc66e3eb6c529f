using System.Runtime.ExceptionServices;
using Kappa.Lab.Runs;
using Kappa.Lab.Settings;
using Kappa.Lab.Tasks;
using Kappa.Tensors;

namespace Kappa.Lab.Studies.Compare;

/// <summary>Runs all trials of a comparison, several at once, each on one thread.</summary>
/// <remarks>A trial's result depends on its own config and seed alone, not on how many run at once.</remarks>
public sealed class ComparisonRunner
{
    private readonly ComparisonConfig _config;
    private readonly PreparedTask _task;
    private readonly RunFolder _folder;

    /// <summary>Makes a runner.</summary>
    /// <param name="config">What to run.</param>
    /// <param name="task">The task, prepared from the config's settings.</param>
    /// <param name="folder">Where to.</param>
    public ComparisonRunner(ComparisonConfig config, PreparedTask task, RunFolder folder)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(folder);
        (_config, _task, _folder) = (config, task, folder);
        if (config.BatchSize > task.TrainingCount)
            throw new ConfigException($"batchSize: expected at most the {task.TrainingCount} training examples of {config.Task.Name}, or \"all\"; got {config.BatchSize}");
        for (int i = 0; i < config.Optimizers.Count; i++)
            Check(i);
    }

    private void Check(int index)
    {
        var optimizer = _config.Optimizers[index];
        try
        {
            var trial = new Trial(optimizer, optimizer.LearningRates[0], _config.Seeds[0]);
            new TrialRunner(_task, _config, trial, _folder.TrialFolder(trial), null).Check();
        }
        catch (Exception error) when (error is ConfigException or ArgumentException)
        {
            throw new ConfigException($"optimizers[{index}] ({optimizer.Label}): {error.Message.Split(" (Parameter", 2)[0]}");
        }
    }

    /// <summary>Runs every trial that is not finished yet.</summary>
    /// <param name="jobs">Trials at once, 1 or more.</param>
    /// <param name="progress">Takes where each trial stands, from several threads; may be null.</param>
    /// <param name="cancellation">Stops: running trials write a checkpoint first.</param>
    /// <returns>The results in the order of <see cref="ComparisonConfig.Trials"/>; fewer than all when it was stopped.</returns>
    /// <exception cref="IOException">A file cannot be written, such as on a full disk; checkpoints written before are intact.</exception>
    public IReadOnlyList<TrialResult> Run(int jobs, IProgress<TrialProgress>? progress, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(jobs, 1);
        var trials = _config.Trials();
        var results = new TrialResult?[trials.Count];
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        int next = -1;
        Exception? failure = null;
        void Work()
        {
            for (int index; !stop.IsCancellationRequested && (index = Interlocked.Increment(ref next)) < trials.Count;)
            {
                try
                {
                    var runner = new TrialRunner(_task, _config, trials[index], _folder.TrialFolder(trials[index]), progress);
                    results[index] = runner.Run(stop.Token);
                }
                catch (OperationCanceledException) when (stop.IsCancellationRequested)
                {
                    // Its checkpoint is written.
                }
                catch (Exception error)
                {
                    _ = Interlocked.CompareExchange(ref failure, error, null);
                    stop.Cancel();
                }
            }
        }
        int threadsBefore = ComputeThreads.Count;
        ComputeThreads.Count = 1;
        try
        {
            var threads = Enumerable.Range(0, Math.Min(jobs, trials.Count)).Select(i => new Thread(Work) { Name = $"Kappa trial {i + 1}" }).ToArray();
            Array.ForEach(threads, thread => thread.Start());
            Array.ForEach(threads, thread => thread.Join());
        }
        finally
        {
            ComputeThreads.Count = threadsBefore;
        }
        if (failure is not null)
            ExceptionDispatchInfo.Throw(failure);
        return [.. results.OfType<TrialResult>()];
    }

    /// <summary>The results of finished trials, without running any.</summary>
    public IReadOnlyList<TrialResult> Finished() =>
        [.. _config.Trials().Select(trial => new TrialRunner(_task, _config, trial, _folder.TrialFolder(trial), null).Finished()).OfType<TrialResult>()];
}
