using System.Text.Json;

namespace Kappa.Lab.Tests.Studies.Compare;

/// <summary>NaN has no rank, is no answer and is no token; a trial that diverged is never averaged in and never the best.</summary>
public sealed class NonFiniteResultTests
{
    private const double Infinity = double.PositiveInfinity;

    public static TheoryData<float[], int?> Logits => new()
    {
        { [1, float.NaN, 0], 1 }, { [float.NaN, 1, 0], 0 }, { [1, 2, -float.NaN], 2 }, { [float.PositiveInfinity, 1, 0], 0 },
        { [0, 1, float.PositiveInfinity], 2 },
        { [float.NaN, float.NaN, float.NaN], 0 }, { [float.NegativeInfinity, float.NegativeInfinity, float.NegativeInfinity], null },
    };

    [Theory]
    [MemberData(nameof(Logits))]
    public void Outputs_that_are_not_finite_are_no_right_answer(float[] logits, int? index)
    {
        // Right for every label that an index of the largest could be.
        for (int label = 0; label < 3; label++)
        {
            var error = Assert.Throws<NonFiniteException>(() => Classification.CountRight(Tensor.From([0, 1, 0, .. logits], [2, 3]), [1, label]));
            Assert.Contains($"at index [1, {index ?? 0}]", error.Message, StringComparison.Ordinal);
        }

        Assert.Equal(2, Classification.CountRight(Tensor.From([0f, 1, 0, float.NegativeInfinity, 0, 3], [2, 3]), [1, 2]));
    }

    [Theory]
    [MemberData(nameof(Logits))]
    public void Outputs_that_are_not_finite_are_no_token(float[] logits, int? index)
    {
        foreach (double temperature in new[] { 0, 0.8 })
        {
            foreach (int topK in new[] { 0, 1, 3 })
            {
                var sampler = new TokenSampler(new SamplingOptions { Temperature = temperature, TopK = topK }, 3);
                var error = Assert.Throws<NonFiniteException>(() => sampler.Next(logits, new Philox(0)));
                Assert.Contains(index is { } token ? $"token {token} of 3" : "rules every token out", error.Message, StringComparison.Ordinal);
            }
        }

        Assert.Equal(2, new TokenSampler(new SamplingOptions { Temperature = 0 }, 3).Next([float.NegativeInfinity, 0, 1], new Philox(0)));
    }

    [Theory]
    [InlineData(double.NaN, 1, 2)]
    [InlineData(1, double.NaN, 2)]
    [InlineData(1, 2, -double.NaN)]
    [InlineData(Infinity, -Infinity, 0)]
    public void Statistics_refuse_what_has_no_rank_or_no_mean(double first, double second, double third)
    {
        double[] values = [first, second, third];
        _ = Assert.Throws<ArgumentException>(() => Bootstrap.Median(values, new Philox(0)));
        _ = Assert.Throws<ArgumentException>(() => Bootstrap.Mean(values, new Philox(0)));
        _ = Assert.Throws<ArgumentException>(() => Bootstrap.MedianOf(values));
        if (!values.Any(double.IsNaN))
            return;
        Assert.True(double.IsNaN(Bootstrap.MedianOrNaN(values, new Philox(0)).Estimate));
        _ = Assert.Throws<ArgumentException>(() => RankCorrelation.Spearman(values, [1, 2, 3]));
        _ = Assert.Throws<ArgumentException>(() => RankCorrelation.Spearman([1, 2, 3], values));
    }

    [Theory]
    [InlineData(new[] { 1.0, 2, Infinity }, 2.0)]
    [InlineData(new[] { 1.0, Infinity, Infinity }, Infinity)]
    [InlineData(new[] { -Infinity, 0.1, 0.2, 0.3 }, 0.15)]
    [InlineData(new[] { -Infinity, -Infinity, 0.2 }, -Infinity)]
    [InlineData(new[] { -Infinity, 0.2 }, -Infinity)]
    public void Infinities_of_one_sign_have_a_median_and_an_interval_that_holds_it(double[] values, double median)
    {
        var interval = Bootstrap.Median(values, new Philox(1));
        Assert.Equal(median, interval.Estimate, 12);
        Assert.True(interval.Low <= interval.Estimate && interval.Estimate <= interval.High, $"{interval}");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_rate_that_diverged_is_not_the_best(bool allDiverged)
    {
        var config = Toy.Config();
        var task = new PreparedToy();
        TrialResult[] results =
        [
            .. from trial in config.Trials()
               let diverged = allDiverged || (trial.LearningRate == 0.03 && trial.Seed == 0)
               select new TrialResult
               {
                   Optimizer = trial.Optimizer.Label, LearningRate = trial.LearningRate, Seed = trial.Seed, Steps = 1, Identity = "", Instructions = "",
                   Metrics = new MetricsMark(0, ""),
                   // The better loss where it did not diverge.
                   ValidationLoss = diverged ? null : 1 / trial.LearningRate, Metric = diverged ? null : 1 / trial.LearningRate,
                   Diverged = diverged ? "NaN" : null,
               },
        ];
        var summary = Summarizer.Summarize(config, task, results);
        Assert.All(summary.Optimizers, optimizer => Assert.Equal(allDiverged ? (double?)null : 0.003, optimizer.Best?.LearningRate));
        Assert.DoesNotContain("NaN", JsonSerializer.Serialize(summary, RunJson.Exact), StringComparison.Ordinal);
    }

    [Fact]
    public void A_trial_at_learning_rate_0_is_one_and_moves_nothing()
    {
        using var folder = new TemporaryFolder();
        string json = Toy.Json.Replace("[0.003, 0.03]", "[0, 0.03]", StringComparison.Ordinal);
        var config = Toy.Config(json);
        using var run = Toy.Open(config, folder["run"]);
        var results = new ComparisonRunner(config, new PreparedToy()).Run(run, 1, null, default);
        foreach (var still in results.Where(result => result.LearningRate == 0))
        {
            var trial = config.Trials().Single(trial => trial.Optimizer.Label == still.Optimizer && trial.LearningRate == 0 && trial.Seed == still.Seed);
            Assert.EndsWith($"-lr0-seed{still.Seed}", trial.FolderName, StringComparison.Ordinal);
            double[] losses = [.. new ComparisonFolder(run).Of(trial).ReadMetrics(still).Select(line => line.ValidationLoss)];
            Assert.True(losses.Length > 2);
            Assert.Single(losses.Distinct());
        }
    }
}
