using System.Text.Json.Nodes;

namespace Kappa.Cli.Tests;

/// <summary>The time that is left is told by what this process did, from the first line on and after a resume.</summary>
public sealed class PaceOfBoardsTests
{
    private static readonly ComparisonConfig Config = ComparisonConfig.Parse(SmallConfig.Json, KappaCatalog.Choices);

    [Fact]
    public void Trials_found_on_the_disk_are_no_pace()
    {
        var clock = new SteppedClock();
        var board = new TrialBoard(Config, clock);
        var trials = Config.Trials();
        Assert.Equal(4, trials.Count);
        board.Report(new TrialProgress(trials[0], RunPhase.Finished, 20, null, null));
        board.Report(new TrialProgress(trials[1], RunPhase.Finished, 20, null, null));
        Assert.Equal("2 of 4 trials finished (50%), 0 s", board.StatusLine());
        board.Report(new TrialProgress(trials[2], RunPhase.Training, 0, null, null));
        clock.Pass(10);
        board.Report(new TrialProgress(trials[2], RunPhase.Training, 10, null, null));
        // 10 steps in 10 seconds, 30 to go.
        Assert.Equal($"2 of 4 trials finished (63%), 10 s, about {Figures.Duration(30)} left", board.StatusLine());
    }

    [Fact]
    public void A_trial_that_goes_on_from_a_checkpoint_counts_from_there()
    {
        var clock = new SteppedClock();
        var board = new TrialBoard(Config, clock);
        var trials = Config.Trials();
        board.Report(new TrialProgress(trials[0], RunPhase.Training, 14, null, null));
        clock.Pass(4);
        board.Report(new TrialProgress(trials[0], RunPhase.Training, 16, null, null));
        // What comes first also compiles.
        Assert.Equal("0 of 4 trials finished (20%), 4 s", board.StatusLine());
        clock.Pass(4);
        board.Report(new TrialProgress(trials[0], RunPhase.Finished, 20, null, null));
        // 4 steps in 4 seconds, 60 to go.
        Assert.Contains($"about {Figures.Duration(60)} left", board.StatusLine(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_probe_tells_its_products_each_second_and_the_time_left_where_it_can_be_known()
    {
        var clock = new SteppedClock();
        var board = new ProbeBoard(clock);
        Assert.Equal("reading the data", board.StatusLine());
        board.Report(new ProbeProgress("top 2 eigenvalues", new SolverProgress(0, 4, 0.5)));
        clock.Pass(2);
        board.Report(new ProbeProgress("top 2 eigenvalues", new SolverProgress(0.5, 24, 0.1)));
        Assert.Equal("top 2 eigenvalues: 50%, 24 products, 10 products/s, residual 0.1 of the next", board.StatusLine());
        board.Report(new ProbeProgress("traces", new SolverProgress(0.25, 8)));
        Assert.Equal("traces: 25%, 8 products", board.StatusLine());
        clock.Pass(2);
        board.Report(new ProbeProgress("traces", new SolverProgress(0.5, 16)));
        Assert.Equal($"traces: 50%, 16 products, 4 products/s, {Figures.Duration(4)} left of this", board.StatusLine());
    }

    [Fact]
    public void Cells_found_on_the_disk_or_half_done_are_no_pace_and_neither_is_the_preparation()
    {
        var clock = new SteppedClock();
        ExperimentCell[] cells = [.. Enumerable.Range(0, 4).Select(i => new ExperimentCell($"{i}", _ => new JsonObject()))];
        var board = new ExperimentBoard(new ExperimentPlan(cells, _ => new Findings("", [])), clock);
        board.Report(new ExperimentProgress("0", 1, IsFinished: true));
        board.Report(new ExperimentProgress(null, 0, IsFinished: false));
        clock.Pass(100);
        board.Report(new ExperimentProgress("1", 0.5, IsFinished: false));
        Assert.Equal("1 of 4 done (38%), 100 s; 1 50%", board.StatusLine());
        clock.Pass(10);
        board.Report(new ExperimentProgress("1", 1, IsFinished: true));
        // Half a cell in 10 seconds, two to go.
        Assert.Equal($"2 of 4 done (50%), 110 s, about {Figures.Duration(40)} left", board.StatusLine());
        board.Report(new ExperimentProgress("2", 0, IsFinished: false));
        clock.Pass(20);
        board.Report(new ExperimentProgress("2", 1, IsFinished: true));
        Assert.Equal($"3 of 4 done (75%), 130 s, about {Figures.Duration(20)} left", board.StatusLine());
    }

    [Fact]
    public void Reading_is_shown_once_it_takes_long_with_its_rate_and_the_time_left()
    {
        var clock = new SteppedClock();
        var board = new ReadingBoard(clock);
        Assert.Null(board.StatusLine());
        board.Report(new DataProgress("a/b.csv", 0, 900e6, DataProgress.Bytes));
        clock.Pass(1);
        board.Report(new DataProgress("a/b.csv", 100e6, 900e6, DataProgress.Bytes));
        Assert.Null(board.StatusLine());
        clock.Pass(1);
        board.Report(new DataProgress("a/b.csv", 300e6, 900e6, DataProgress.Bytes));
        Assert.Equal($"reading b.csv: 300 of 900 MB (33%), 150 MB/s, {Figures.Duration(4)} left", board.StatusLine());
        // A thread that counted before comes after.
        board.Report(new DataProgress("a/b.csv", 299e6, 900e6, DataProgress.Bytes));
        Assert.Contains("300 of 900", board.StatusLine(), StringComparison.Ordinal);
        board.Report(new DataProgress("a/b.csv", 900e6, 900e6, DataProgress.Bytes));
        Assert.Null(board.StatusLine());
        board.Report(new DataProgress("pictures/", 0, 5000, DataProgress.Pictures));
        clock.Pass(4);
        board.Report(new DataProgress("pictures/", 1000, 5000, DataProgress.Pictures));
        Assert.Equal($"reading pictures: 1,000 of 5,000 pictures (20%), 250 pictures/s, {Figures.Duration(16)} left", board.StatusLine());
    }

    private sealed class SteppedClock : TimeProvider
    {
        private long _seconds = 1000;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => _seconds;

        internal void Pass(long seconds) => _seconds += seconds;
    }
}
