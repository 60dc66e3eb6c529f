namespace Kappa.Lab.Studies.Compare;

/// <summary>Chooses each optimizer's learning rate and summarises over the seeds.</summary>
public static class Summarizer
{
    private const ulong BootstrapSeed = 20260622;

    /// <summary>The generator of every interval of a report.</summary>
    internal static Philox Generator => new(BootstrapSeed);

    /// <summary>Summarises the trials that are finished.</summary>
    /// <param name="config">The config.</param>
    /// <param name="task">The task, for the name and the direction of the metric.</param>
    /// <param name="results">The results so far, in any order.</param>
    public static ComparisonSummary Summarize(ComparisonConfig config, PreparedTask task, IReadOnlyList<TrialResult> results)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(results);
        var finite = results.Where(result => result.Diverged is null).ToArray();
        var resampling = new Bootstrap(Generator);
        return new ComparisonSummary(
            config.Name,
            task.MetricName,
            task.HigherIsBetter,
            results.Count,
            config.Trials().Count,
            RankCorrelation.Spearman([.. finite.Select(result => result.ValidationLoss!.Value)], [.. finite.Select(result => result.Metric!.Value)]),
            [.. config.Optimizers.Select(optimizer => OfOptimizer(config, optimizer, task.HigherIsBetter, results, resampling))]);
    }

    private static OptimizerSummary OfOptimizer(
        ComparisonConfig config, OptimizerConfig optimizer, bool higherIsBetter, IReadOnlyList<TrialResult> results, Bootstrap resampling)
    {
        var own = results.Where(result => result.Optimizer == optimizer.Label).ToArray();
        RateSummary[] rates = [.. optimizer.LearningRates.Select(rate =>
            OfRate(rate, higherIsBetter, [.. own.Where(result => result.LearningRate == rate).OrderBy(result => result.Seed)], resampling))];
        var byValidation = Lowest(rates, rate => rate.MeanValidationLoss);
        var byMetric = Lowest(rates, rate => higherIsBetter ? -rate.MeanMetric : rate.MeanMetric);
        double[] seconds = [.. own.Where(result => result.SecondsPerStep > 0).Select(result => result.SecondsPerStep)];
        return new OptimizerSummary(
            optimizer.Label,
            config.SelectBy == "metric" ? byMetric : byValidation,
            byMetric,
            rates,
            seconds.Length == 0 ? 0 : Bootstrap.MedianOf(seconds));
    }

    private static RateSummary OfRate(double rate, bool higherIsBetter, TrialResult[] trials, Bootstrap resampling)
    {
        var finite = trials.Where(trial => trial.Diverged is null).ToArray();
        int diverged = trials.Length - finite.Length;
        double[] losses = [.. finite.Select(trial => trial.ValidationLoss!.Value)], metrics = [.. finite.Select(trial => trial.Metric!.Value)];
        double worst = higherIsBetter ? double.NegativeInfinity : double.PositiveInfinity;
        bool isMeanFinite = diverged == 0 && finite.Length > 0;
        return new RateSummary(
            rate,
            trials.Length,
            diverged,
            losses.Length == 0 ? null : resampling.Median(losses),
            metrics.Length == 0 ? null : resampling.Median(metrics),
            isMeanFinite ? losses.Average() : double.PositiveInfinity,
            isMeanFinite ? metrics.Average() : worst);
    }

    /// <summary>The best rate; of rates at which some seed diverged, the one with the fewest such seeds, so that there is always something to show.</summary>
    private static RateSummary? Lowest(RateSummary[] rates, Func<RateSummary, double> score) => rates
        .Where(rate => rate.Diverged < rate.Trials)
        .OrderBy(rate => rate.Diverged)
        .ThenBy(score)
        .ThenBy(rate => rate.ValidationLoss!.Estimate)
        .FirstOrDefault();
}
