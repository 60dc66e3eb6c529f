namespace Kappa.Cli.Display;

/// <summary>Where the cells of an experiment stand; they report from their own threads.</summary>
internal sealed class ExperimentBoard : IProgress<ExperimentProgress>
{
    /// <summary>Some cells say nothing until they are done, so that a few seconds tell nothing.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, double> _weights;
    private readonly Dictionary<string, double> _shares = [];
    private readonly HashSet<string> _finished = [];
    private readonly TimeProvider _clock;
    private readonly long _start;
    private readonly Dictionary<string, double> _before = [];
    private readonly Pace _pace;
    private double? _preparation;

    internal ExperimentBoard(ExperimentPlan plan, TimeProvider clock)
    {
        (_weights, _clock, _start) = (plan.Cells.ToDictionary(cell => cell.Key, cell => cell.Weight), clock, clock.GetTimestamp());
        _pace = new Pace(clock, Window);
        _pace.Report(0);
    }

    public void Report(ExperimentProgress value)
    {
        lock (_lock)
        {
            if (value.Key is null)
            {
                _preparation = value.Share;
                return;
            }
            // What an earlier run did says nothing about this one's pace: a cell's first report is of where it goes on from.
            _ = _before.TryAdd(value.Key, value.Share);
            if (value.IsFinished)
                _ = _finished.Add(value.Key);
            _shares[value.Key] = value.Share;
            // Nor does the preparation.
            if (_preparation is not null)
                _pace.Restart(DoneHere());
            else
                _pace.Report(DoneHere());
            _preparation = null;
        }
    }

    internal double Share()
    {
        lock (_lock)
            return ShareDone();
    }

    internal string StatusLine()
    {
        lock (_lock)
        {
            double seconds = _clock.GetElapsedTime(_start).TotalSeconds;
            if (_preparation is { } prepared)
                return FormattableString.Invariant($"preparing ({100 * prepared:0}%), {seconds:0} s");
            double share = ShareDone();
            string left = share < 1 && _pace.SecondsLeft(1 - ShareBefore()) is { } about ? $", about {Figures.Duration(about)} left" : "";
            string running = string.Join(
                ", ",
                _shares.Where(cell => !_finished.Contains(cell.Key)).Select(cell => FormattableString.Invariant($"{cell.Key} {100 * cell.Value:0}%")).Take(4));
            return FormattableString.Invariant(
                $"{_finished.Count} of {_weights.Count} done ({100 * share:0}%), {seconds:0} s{left}{(running.Length > 0 ? $"; {running}" : "")}");
        }
    }

    private double DoneHere() => ShareDone() - ShareBefore();

    private double ShareBefore() => _before.Sum(cell => _weights[cell.Key] * Math.Clamp(cell.Value, 0, 1)) / _weights.Values.Sum();

    private double ShareDone() => _shares.Sum(cell => _weights[cell.Key] * Math.Clamp(cell.Value, 0, 1)) / _weights.Values.Sum();
}
