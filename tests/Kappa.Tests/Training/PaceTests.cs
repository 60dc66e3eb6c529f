using Kappa.Tests.Shared;
using Kappa.Training;

namespace Kappa.Tests.Training;

/// <summary>A rate and a time left that are true from the first time they are told.</summary>
[Collection(WholeProcess.Name)]
public sealed class PaceTests
{
    private readonly SteppedClock _clock = new();

    [Fact]
    public void Nothing_is_known_before_a_second_was_measured()
    {
        var pace = new Pace(_clock);
        Assert.Null(pace.PerSecond);
        pace.Report(0);
        Assert.Null(pace.PerSecond);
        _clock.Pass(0.9);
        pace.Report(90);
        Assert.Null(pace.SecondsLeft(1000));
        _clock.Pass(0.1);
        pace.Report(100);
        Assert.Equal(100, pace.PerSecond!.Value, 1e-6);
        Assert.Equal(9, pace.SecondsLeft(1000)!.Value, 1e-6);
    }

    [Fact]
    public void What_was_done_before_the_first_report_counts_for_nothing()
    {
        var pace = new Pace(_clock);
        // The first step compiles for four seconds; a resumed run has done a thousand before.
        _clock.Pass(4);
        pace.Report(1001);
        _clock.Pass(2);
        pace.Report(1401);
        Assert.Equal(200, pace.PerSecond!.Value, 1e-6);
        Assert.Equal(3, pace.SecondsLeft(2001)!.Value, 1e-6);
    }

    [Fact]
    public void A_change_of_pace_is_forgotten_after_the_window()
    {
        var pace = new Pace(_clock);
        double done = 0;
        pace.Report(0);
        for (int i = 0; i < 300; i++)
        {
            _clock.Pass(0.1);
            pace.Report(done += i < 150 ? 1 : 20);
        }
        Assert.Equal(200, pace.PerSecond!.Value, 1e-6);
    }

    [Fact]
    public void Of_pieces_that_take_longer_than_the_window_the_last_ones_count_and_never_the_instant_between_two_that_end_together()
    {
        var pace = new Pace(_clock, TimeSpan.FromMinutes(10));
        pace.Report(0);
        _clock.Pass(1200);
        pace.Report(1);
        _clock.Pass(2);
        pace.Report(2);
        Assert.Equal(2 / 1202.0, pace.PerSecond!.Value, 1e-9);
        _clock.Pass(1200);
        pace.Report(3);
        Assert.Equal(1 / 1200.0, pace.PerSecond!.Value, 1e-9);
    }

    [Fact]
    public void Time_that_is_skipped_leaves_what_is_known()
    {
        var pace = new Pace(_clock);
        pace.Report(0);
        _clock.Pass(2);
        pace.Report(20);
        _clock.Pass(60);
        pace.Skip(21);
        Assert.Equal(10, pace.PerSecond!.Value, 1e-6);
        _clock.Pass(2);
        pace.Report(41);
        Assert.Equal(10, pace.PerSecond!.Value, 1e-6);
        Assert.Equal(1, pace.SecondsLeft(51)!.Value, 1e-6);
    }

    [Fact]
    public void A_million_reports_take_no_more_memory_than_a_few()
    {
        var pace = new Pace(_clock);
        pace.Report(0);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 1; i <= 1_000_000; i++)
        {
            _clock.Pass(5e-6);
            pace.Report(i);
        }
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 1_000_000);
        Assert.Equal(200_000, pace.PerSecond!.Value, 1);
    }

    private sealed class SteppedClock : TimeProvider
    {
        private long _ticks = 1000;

        public override long TimestampFrequency => 10_000_000;

        public override long GetTimestamp() => _ticks;

        internal void Pass(double seconds) => _ticks += (long)Math.Round(seconds * TimestampFrequency);
    }
}
