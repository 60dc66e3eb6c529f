namespace Kappa.Lab.Tests.Statistics;

public sealed class StatisticsTests
{
    [Fact]
    public void The_bootstrap_interval_of_a_mean_covers_it_as_often_as_theory_says()
    {
        // For n normal observations the percentile interval is mean +- 1.96 s sqrt((n-1)/n) / sqrt(n): Student's t with n - 1 = 19 degrees
        // of freedom puts 0.929 below 1.96 sqrt(19/20) = 1.910 in size.
        const int Repetitions = 250;
        const double Expected = 0.929;
        var generator = new Philox(3);
        int covered = 0;
        double[] sample = new double[20];
        for (int i = 0; i < Repetitions; i++)
        {
            generator.FillNormal(sample, mean: 2, std: 3);
            var interval = Bootstrap.Mean(sample, generator.Split(i));
            covered += interval.Low <= 2 && 2 <= interval.High ? 1 : 0;
        }
        double standardError = Math.Sqrt(Expected * (1 - Expected) / Repetitions);
        Assert.InRange(covered / (double)Repetitions, Expected - 3.5 * standardError, Expected + 3.5 * standardError);
    }

    [Fact]
    public void The_interval_of_a_median_has_the_quantiles_of_all_resamples()
    {
        // With three values the median of a resample is the smallest in 7 of 27 cases, so both ends are the extremes.
        Assert.Equal(new Interval(2, 1, 5), Bootstrap.Median([1, 2, 5], new Philox(1)));
        Assert.Equal(new Interval(4, 4, 4), Bootstrap.Median([4, 4, 4, 4], new Philox(1)));
        Assert.Equal(new Interval(7, 7, 7), Bootstrap.Median([7], new Philox(1)));
        Assert.Equal(2.5, Bootstrap.Median([1, 2, 3, 4], new Philox(1)).Estimate);
    }

    [Fact]
    public void An_interval_is_the_same_each_time_and_takes_infinite_values()
    {
        double[] values = [1, 2, 3, double.PositiveInfinity];
        Assert.Equal(Bootstrap.Median(values, new Philox(1)), Bootstrap.Median(values, new Philox(1)));
        Assert.Equal(double.PositiveInfinity, Bootstrap.Median(values, new Philox(1)).High);
        _ = Assert.Throws<ArgumentException>(() => Bootstrap.Median([], new Philox(1)));
        _ = Assert.Throws<ArgumentException>(() => Bootstrap.Median([double.NaN], new Philox(1)));
    }

    [Fact]
    public void Rank_correlation_agrees_with_worked_examples()
    {
        Assert.Equal(1, RankCorrelation.Spearman([1, 2, 3], [10, 100, 1000]));
        Assert.Equal(-1, RankCorrelation.Spearman([1, 2, 3], [3, 2, -9]));
        // Without ties 1 - 6 sum d^2 / (n (n^2 - 1)): d = -1, 1, -1, 1, 0.
        Assert.Equal(1 - 6 * 4 / 120.0, RankCorrelation.Spearman([1, 2, 3, 4, 5], [2, 1, 4, 3, 5])!.Value, 1e-12);
        // Ties at their mean rank: Pearson's correlation of (1.5, 1.5, 3) and (1, 2, 3).
        Assert.Equal(1.5 / Math.Sqrt(1.5 * 2), RankCorrelation.Spearman([0, 0, 9], [1, 2, 3])!.Value, 1e-12);
        Assert.Null(RankCorrelation.Spearman([1, 1, 1], [1, 2, 3]));
        Assert.Null(RankCorrelation.Spearman([1, 2], [1, 2]));
    }

    [Fact]
    public void Kendalls_tau_agrees_with_worked_examples_and_its_interval_holds_it()
    {
        var resampling = new Bootstrap(new Philox(1));
        Assert.Equal(new Interval(1, 1, 1), RankCorrelation.Kendall([1, 2, 3, 4, 5, 6, 7, 8], [10, 20, 30, 40, 50, 60, 70, double.PositiveInfinity],
            resampling));
        Assert.Equal(-1, RankCorrelation.Kendall([1, 2, 3], [3, 2, -9], resampling)!.Estimate);
        // Of ten couples eight agree: (8 - 2) / 10.
        Assert.Equal(0.6, RankCorrelation.Kendall([1, 2, 3, 4, 5], [2, 1, 4, 3, 5], resampling)!.Estimate, 1e-12);
        // A tie in the first list: of three couples two agree and one is tied there: 2 / sqrt(2 * 3).
        Assert.Equal(2 / Math.Sqrt(6), RankCorrelation.Kendall([0, 0, 9], [1, 2, 3], resampling)!.Estimate, 1e-12);
        Assert.Null(RankCorrelation.Kendall([1, 1, 1], [1, 2, 3], resampling));
        Assert.Null(RankCorrelation.Kendall([1, 2], [1, 2], resampling));
        _ = Assert.Throws<ArgumentException>(() => RankCorrelation.Kendall([1, 2, double.NaN], [1, 2, 3], resampling));
        _ = Assert.Throws<ArgumentException>(() => RankCorrelation.Kendall([1, 2, 3], [1, 2], resampling));
        var wide = RankCorrelation.Kendall([1, 2, 3, 4, 5, 6], [2, 1, 4, 3, 6, 5], resampling)!;
        Assert.True(wide.Low < wide.Estimate && wide.Estimate < wide.High);
    }

    [Fact]
    public void Each_optimizer_gets_the_rate_of_lowest_mean_validation_loss_and_the_rate_the_metric_would_choose_beside_it()
    {
        var config = Toy.Config() with { Seeds = [0, 1, 2] };
        config = config with { Optimizers = [config.Optimizers[0] with { LearningRates = [1, 2, 3] }] };
        var summary = Summarizer.Summarize(config, new PreparedToy(),
        [
            Result(1, 0, 0.5, 1), Result(1, 1, 0.5, 1), Result(1, 2, 0.6, 1),
            Result(2, 0, 0.1, 9), Result(2, 1, 0.2, 9), Result(2, 2, 0.3, 8),
            Result(3, 0, 0.01, 0), Result(3, 1, null, null), Result(3, 2, 0.01, 0),
        ]);
        var optimizer = summary.Optimizers[0];
        // Rate 3 has the lowest median, but a seed of it diverged.
        Assert.Equal(2, optimizer.Best!.LearningRate);
        Assert.Equal(0.2, optimizer.Best.ValidationLoss!.Estimate);
        Assert.Equal(0.2, optimizer.Best.MeanValidationLoss, 1e-12);
        Assert.Equal(1, optimizer.BestByMetric!.LearningRate);
        Assert.Equal(double.PositiveInfinity, optimizer.Rates[2].MeanValidationLoss);
        Assert.Equal(1, optimizer.Rates[2].Diverged);
        var byMetric = Summarizer.Summarize(config with { SelectBy = "metric" }, new PreparedToy(), [Result(1, 0, 2, 1), Result(2, 0, 1, 3)]);
        Assert.Equal(1, byMetric.Optimizers[0].Best!.LearningRate);
    }

    [Fact]
    public void A_rate_at_which_a_seed_diverged_is_chosen_only_when_there_is_no_other()
    {
        var config = Toy.Config();
        config = config with { Optimizers = [config.Optimizers[0] with { LearningRates = [1, 2] }] };
        var optimizer = Summarizer.Summarize(
            config, new PreparedToy(), [Result(1, 0, null, null), Result(1, 1, 0.5, 1), Result(2, 0, null, null), Result(2, 1, null, null)]).Optimizers[0];
        Assert.Equal(1, optimizer.Best!.LearningRate);
        Assert.Null(Summarizer.Summarize(config, new PreparedToy(), [Result(1, 0, null, null)]).Optimizers[0].Best);
    }

    private static TrialResult Result(double rate, long seed, double? loss, double? metric) => new()
    {
        Optimizer = "SGD", LearningRate = rate, Seed = seed, Steps = 1, Identity = "", Instructions = "", Metrics = new MetricsMark(0, ""),
        ValidationLoss = loss, Metric = metric, Diverged = loss is null ? "NaN" : null, Curves = [], Scalars = new Dictionary<string, double>(),
    };
}
