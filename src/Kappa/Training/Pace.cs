namespace Kappa.Training;

/// <summary>How fast work goes on, and how long it still takes: by what was done lately, so that neither a slow start nor what an earlier process did tells on
/// it. Nothing is said before it is known.</summary>
/// <param name="clock">What tells the time.</param>
/// <param name="window">How far back it looks; 10 seconds, which suits work that says every step, where null.</param>
public sealed class Pace(TimeProvider clock, TimeSpan? window = null)
{
    /// <summary>What was measured over less is as much chance as pace.</summary>
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(1);

    /// <summary>So many marks of a window are as good as any number.</summary>
    private const int Marks = 500;

    private readonly TimeSpan _window = window ?? TimeSpan.FromSeconds(10);
    private readonly Lock _lock = new();
    private LinkedList<(long At, double Done)> _marks = [];
    private (long At, double Done)? _last;

    /// <summary>Says how much is done; the first time, what was done before and how long it took count for nothing. Work whose first step also compiles says so
    /// after that step.</summary>
    /// <param name="done">In any unit, never less than before.</param>
    public void Report(double done)
    {
        lock (_lock)
        {
            long now = clock.GetTimestamp();
            _last = (now, done);
            if (_marks.Last is not { } newest || clock.GetElapsedTime(newest.Value.At, now) >= _window / Marks)
                _ = _marks.AddLast((now, done));
            // The first is the youngest that is no younger than the window.
            while (_marks.First?.Next is { } second && clock.GetElapsedTime(second.Value.At, now) >= _window)
                _marks.RemoveFirst();
        }
    }

    /// <summary>Takes no account of the time since the last report and of what was done in it, such as that of an evaluation; what was known stays known.
    /// </summary>
    /// <param name="done">How much is done.</param>
    public void Skip(double done)
    {
        lock (_lock)
        {
            if (_last is not { } last)
                return;
            long now = clock.GetTimestamp();
            _marks = new(_marks.Select(mark => (mark.At + now - last.At, mark.Done + done - last.Done)));
            _last = (now, done);
        }
    }

    /// <summary>How much is done in a second; null while too early to tell.</summary>
    public double? PerSecond
    {
        get
        {
            lock (_lock)
            {
                if (_last is not { } last || _marks.First is not { } first || last.Done <= first.Value.Done)
                    return null;
                var time = clock.GetElapsedTime(first.Value.At, last.At);
                return time >= Least ? (last.Done - first.Value.Done) / time.TotalSeconds : null;
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
