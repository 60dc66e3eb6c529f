namespace Kappa.Cli.Display;

/// <summary>Where the cells of an experiment stand; they report from their own threads.</summary>
internal sealed class ExperimentBoard : IProgress<ExperimentProgress>
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, double> _weights;
    private readonly Dictionary<string, double> _shares = [];
    private readonly HashSet<string> _finished = [];
    private readonly TimeProvider _clock;
    private readonly long _start;
    private double _finishedBefore;
    private double? _preparation;

    internal ExperimentBoard(ExperimentPlan plan, TimeProvider clock)
    {
        (_weights, _clock, _start) = (plan.Cells.ToDictionary(cell => cell.Key, cell => cell.Weight), clock, clock.GetTimestamp());
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
            _preparation = null;
            // What an earlier run did says nothing about this one's pace.
            if (value.IsFinished && _finished.Add(value.Key) && !_shares.ContainsKey(value.Key))
                _finishedBefore += _weights[value.Key];
            _shares[value.Key] = value.Share;
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
            double share = ShareDone(), before = _finishedBefore / _weights.Values.Sum();
            double pace = (share - before) / seconds;
            string left = share - before > 0.01 && share < 1 ? $", about {Figures.Duration((1 - share) / pace)} left" : "";
            string running = string.Join(", ", _shares.Where(cell => !_finished.Contains(cell.Key)).Select(cell => FormattableString.Invariant($"{cell.Key} {100 * cell.Value:0}%")).Take(4));
            return FormattableString.Invariant($"{_finished.Count} of {_weights.Count} done ({100 * share:0}%), {seconds:0} s{left}{(running.Length > 0 ? $"; {running}" : "")}");
        }
    }

    private double ShareDone() => _shares.Sum(cell => _weights[cell.Key] * Math.Clamp(cell.Value, 0, 1)) / _weights.Values.Sum();
}
