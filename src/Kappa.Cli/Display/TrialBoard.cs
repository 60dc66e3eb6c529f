namespace Kappa.Cli.Display;

/// <summary>Where all trials stand; trials report from their own threads.</summary>
internal sealed class TrialBoard(ComparisonConfig config, TimeProvider clock) : IProgress<TrialProgress>
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Trial, TrialProgress> _last = [];
    private readonly List<string> _warnings = [];
    private readonly int _trials = config.Trials().Count;
    private readonly WorkMeter<Trial> _meter = new(config.Trials().Sum(trial => (double)trial.Optimizer.Steps), clock);

    internal ComparisonConfig Config => config;

    public void Report(TrialProgress value)
    {
        lock (_lock)
        {
            if (value.Warning is { } warning)
            {
                // Every seed and every rate of an optimizer says the same.
                string line = $"{value.Trial.Optimizer.Label}: {warning}";
                if (!_warnings.Contains(line))
                    _warnings.Add(line);
                return;
            }
            _last[value.Trial] = value;
            _meter.Report(value.Trial, value.Phase == RunPhase.Finished ? value.Trial.Optimizer.Steps : value.Step);
        }
    }

    internal IReadOnlyList<TrialProgress> Running()
    {
        lock (_lock)
            return [.. _last.Values.Where(progress => progress.Phase != RunPhase.Finished)];
    }

    /// <summary>What optimizers warned of, each once.</summary>
    internal IReadOnlyList<string> Warnings()
    {
        lock (_lock)
            return [.. _warnings];
    }

    /// <summary>How many trials of an optimizer are finished, and how many of these diverged; of all where null.</summary>
    internal (int Finished, int Diverged) FinishedOf(string? label)
    {
        lock (_lock)
        {
            var finished = _last.Values.Where(progress => progress.Phase == RunPhase.Finished && (label is null || progress.Trial.Optimizer.Label == label));
            return (finished.Count(), finished.Count(progress => progress.Result?.Diverged is not null));
        }
    }

    /// <summary>The share of all steps that are done, 0 to 1.</summary>
    internal double Share()
    {
        lock (_lock)
            return _meter.Share;
    }

    internal string StatusLine()
    {
        lock (_lock)
        {
            var (finished, diverged) = FinishedOf(null);
            string lost = diverged == 0 ? "" : $", {diverged} diverged";
            return FormattableString.Invariant($"{finished} of {_trials} trials finished ({_meter.Share * 100:0}%){lost}, {_meter.Times}");
        }
    }
}
