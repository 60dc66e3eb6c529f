namespace Kappa.Cli.Display;

/// <summary>Where the reading of one's own files stands; it is told on whichever thread reads. Nothing is said of what takes no time.</summary>
internal sealed class ReadingBoard(TimeProvider clock) : IProgress<DataProgress>, IProgress<double>
{
    private const double Megabyte = 1e6;

    /// <summary>What takes less is over before anybody wonders.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly long _start = clock.GetTimestamp();
    private Pace _pace = new(clock);
    private DataProgress? _last;

    public void Report(DataProgress value)
    {
        lock (_lock)
        {
            if (_last?.Path != value.Path)
            {
                _pace = new Pace(clock);
                _pace.Report(0);
            }
            else if (value.Done < _last.Done)
            {
                // Of two threads that counted, the later one came first.
                return;
            }
            _last = value;
            _pace.Report(value.Done);
        }
    }

    /// <summary>Takes what a task says of its preparation, of which the files are all that is shown.</summary>
    public void Report(double value)
    {
    }

    /// <summary>What is read, how fast, and how long it takes; null while there is nothing to say.</summary>
    internal string? StatusLine()
    {
        lock (_lock)
        {
            if (_last is not { } last || last.Done >= last.Total || clock.GetElapsedTime(_start) < Patience)
                return null;
            string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(last.Path));
            string left = _pace.SecondsLeft(last.Total) is { } seconds ? $", {Figures.Duration(seconds)} left" : "";
            bool isBytes = last.Unit == DataProgress.Bytes;
            double unit = isBytes ? Megabyte : 1;
            string word = isBytes ? "MB" : last.Unit;
            string rate = _pace.PerSecond is { } perSecond ? FormattableString.Invariant($", {perSecond / unit:N0} {word}/s") : "";
            return FormattableString.Invariant(
                $"reading {name}: {last.Done / unit:N0} of {last.Total / unit:N0} {word} ({100 * last.Done / last.Total:0}%){rate}{left}");
        }
    }
}
