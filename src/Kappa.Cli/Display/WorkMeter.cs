namespace Kappa.Cli.Display;

/// <summary>How much of some work is done, and how long the rest takes; for one thread at a time.</summary>
internal sealed class WorkMeter<TKey>
    where TKey : notnull
{
    /// <summary>Some pieces say little until they are done, so that a few seconds tell nothing.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(10);

    /// <summary>What is done first also starts up and compiles: where it took no longer, it tells nothing of the pace.</summary>
    private static readonly TimeSpan Start = TimeSpan.FromSeconds(10);

    private readonly Dictionary<TKey, double> _done = [];
    private readonly Dictionary<TKey, double> _before = [];
    private readonly double _total;
    private readonly TimeProvider _clock;
    private readonly long _start;
    private Pace _pace;
    private long _paceStart;
    private bool _isUnderWay;

    internal WorkMeter(double total, TimeProvider clock)
    {
        (_total, _clock, _start, _pace) = (total, clock, clock.GetTimestamp(), new Pace(clock, Window));
        _paceStart = _start;
        _pace.Report(0);
    }

    /// <summary>The share of all work that is done, 0 to 1.</summary>
    internal double Share => Math.Min(1, _done.Values.Sum() / _total);

    internal string Seconds => FormattableString.Invariant($"{_clock.GetElapsedTime(_start).TotalSeconds:0} s");

    /// <summary>The time that passed, and about how much is left.</summary>
    internal string Times => Share < 1 && _pace.SecondsLeft(_total - _before.Values.Sum()) is { } left
        ? $"{Seconds}, about {Figures.Duration(left)} left"
        : Seconds;

    /// <summary>Says how much of a piece is done; the first time, what an earlier run did of it, which tells nothing about this one's pace.</summary>
    internal void Report(TKey piece, double done, bool restarts = false)
    {
        _ = _before.TryAdd(piece, done);
        _done[piece] = done;
        double here = _done.Values.Sum() - _before.Values.Sum();
        bool isFirst = here > 0 && !_isUnderWay;
        if (restarts || (isFirst && _clock.GetElapsedTime(_paceStart) < Start))
            (_pace, _paceStart) = (new Pace(_clock, Window), _clock.GetTimestamp());
        _isUnderWay |= here > 0;
        _pace.Report(here);
    }
}
