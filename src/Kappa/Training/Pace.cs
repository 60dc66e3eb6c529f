namespace Kappa.Training;

/// <summary>How fast work goes on, and how long it still takes: by what was done in the last seconds, so that neither a slow start nor what an earlier process
/// did tells on it.</summary>
/// <param name="clock">What tells the time.</param>
/// <param name="window">How far back it looks; 10 seconds, which suits work that says every step, where null.</param>
public sealed class Pace(TimeProvider clock, TimeSpan? window = null)
{
    private readonly TimeSpan _window = window ?? TimeSpan.FromSeconds(10);
    private readonly Lock _lock = new();
    private readonly Queue<(long At, double Done)> _marks = [];
    private (long At, double Done)? _last;

    /// <summary>Says how much is done; the first time, what was done before counts for nothing.</summary>
    /// <param name="done">In any unit, never less than before.</param>
    public void Report(double done)
    {
        lock (_lock)
        {
            long now = clock.GetTimestamp();
            _last = (now, done);
            _marks.Enqueue(_last.Value);
            while (_marks.Count > 2 && clock.GetElapsedTime(_marks.Peek().At, now) > _window)
                _ = _marks.Dequeue();
        }
    }

    /// <summary>Takes no account of the time until now, such as that of an evaluation or of the first step, which also compiles.</summary>
    /// <param name="done">How much is done.</param>
    public void Restart(double done)
    {
        lock (_lock)
            _marks.Clear();
        Report(done);
    }

    /// <summary>How much is done in a second; null while too early to tell.</summary>
    public double? PerSecond
    {
        get
        {
            lock (_lock)
            {
                if (_last is not { } last || !_marks.TryPeek(out var first) || last.Done <= first.Done)
                    return null;
                double seconds = clock.GetElapsedTime(first.At, last.At).TotalSeconds;
                return seconds > 0 ? (last.Done - first.Done) / seconds : null;
            }
        }
    }

    /// <summary>Seconds until all is done; null while too early to tell.</summary>
    /// <param name="total">How much there is to do.</param>
    public double? SecondsLeft(double total)
    {
        double? pace = PerSecond;
        lock (_lock)
            return pace is { } perSecond && _last is { } last ? Math.Max(0, total - last.Done) / perSecond : null;
    }
}
