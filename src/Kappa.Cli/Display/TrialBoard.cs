namespace Kappa.Cli.Display;

/// <summary>Where all trials stand; trials report from their own threads.</summary>
internal sealed class TrialBoard : IProgress<TrialProgress>
{
    /// <summary>Trials say little while they are deployed, so that a few seconds tell nothing.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<Trial, TrialProgress> _running = [];
    private readonly Dictionary<string, (int Finished, int Diverged)> _finished = [];
    private readonly List<string> _warnings = [];
    private readonly TimeProvider _clock;
    private readonly long _start;
    private readonly long _totalSteps;
    private readonly Dictionary<Trial, long> _before = [];
    private readonly Pace _pace;
    private long _finishedSteps;
    private int _finishedTrials;

    internal TrialBoard(ComparisonConfig config, TimeProvider clock)
    {
        (Config, _clock) = (config, clock);
        _start = clock.GetTimestamp();
        _pace = new Pace(clock, Window);
        _pace.Report(0);
        var trials = config.Trials();
        TrialCount = trials.Count;
        _totalSteps = trials.Sum(trial => (long)trial.Optimizer.Steps);
    }

    internal ComparisonConfig Config { get; }

    internal int TrialCount { get; }

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
            // A trial's first report is of where it goes on from; of one that was finished before, that is its end.
            _ = _before.TryAdd(value.Trial, value.Phase == RunPhase.Finished ? value.Trial.Optimizer.Steps : value.Step);
            if (value.Phase != RunPhase.Finished)
            {
                _running[value.Trial] = value;
                _pace.Report(DoneHere());
                return;
            }
            _ = _running.Remove(value.Trial);
            _finishedTrials++;
            _finishedSteps += value.Trial.Optimizer.Steps;
            _pace.Report(DoneHere());
            string label = value.Trial.Optimizer.Label;
            var (finished, diverged) = _finished.GetValueOrDefault(label);
            _finished[label] = (finished + 1, diverged + (value.Result?.Diverged is null ? 0 : 1));
        }
    }

    internal IReadOnlyList<TrialProgress> Running()
    {
        lock (_lock)
            return [.. _running.Values];
    }

    /// <summary>What optimizers warned of, each once.</summary>
    internal IReadOnlyList<string> Warnings()
    {
        lock (_lock)
            return [.. _warnings];
    }

    internal (int Finished, int Diverged) FinishedOf(string label)
    {
        lock (_lock)
            return _finished.GetValueOrDefault(label);
    }

    /// <summary>The share of all steps that are done, 0 to 1.</summary>
    internal double Share()
    {
        lock (_lock)
            return Math.Min(1, Done() / (double)_totalSteps);
    }

    private long Done() => _finishedSteps + _running.Values.Sum(progress => (long)progress.Step);

    /// <summary>Steps that this process made.</summary>
    private long DoneHere() => Done() - _before.Values.Sum();

    internal string StatusLine()
    {
        double share = Share();
        double seconds = _clock.GetElapsedTime(_start).TotalSeconds;
        int finished, diverged;
        double? secondsLeft;
        lock (_lock)
        {
            (finished, diverged) = (_finishedTrials, _finished.Values.Sum(counts => counts.Diverged));
            secondsLeft = _pace.SecondsLeft(_totalSteps - _before.Values.Sum());
        }
        string left = secondsLeft is { } about && share < 1 ? $", about {Figures.Duration(about)} left" : "";
        string lost = diverged == 0 ? "" : $", {diverged} diverged";
        return FormattableString.Invariant($"{finished} of {TrialCount} trials finished ({share * 100:0}%){lost}, {seconds:0} s{left}");
    }
}
