namespace Kappa.Lab.Tests.Tasks.Control;

public class LinearControlComparisonTests
{
    private const int Seeds = 10;
    private const int Batch = 64;

    private static readonly double[] LearningRates = [3e-3, 1e-2, 3e-2, 1e-1, 3e-1];

    /// <summary>One pass over the demonstrations, each optimizer at the best rate of the same sweep.</summary>
    [Fact]
    public void After_one_pass_preconditioning_reaches_the_demonstrators_cost_where_AdamW_does_not()
    {
        var task = Systems.Prepare();
        var (adamW, adamWRate) = BestOfSweep(task, preconditioned: false);
        var (doPr, doPrRate) = BestOfSweep(task, preconditioned: true);
        Assert.True(adamW >= 1.2, $"AdamW: median cost {adamW:G5} of the demonstrator's at rate {adamWRate}");
        Assert.True(doPr <= 1.05, $"DoPr-AdamW: median cost {doPr:G5} of the demonstrator's at rate {doPrRate}");
        Assert.DoesNotContain(LearningRates[0], new[] { adamWRate, doPrRate });
        Assert.DoesNotContain(LearningRates[^1], new[] { adamWRate, doPrRate });
    }

    [Fact]
    public void At_condition_one_hundred_one_pass_is_enough_for_both()
    {
        var task = Systems.Prepare("""{"condition": 100}""");
        Assert.InRange(BestOfSweep(task, preconditioned: false).Median, 0.99, 1.05);
        Assert.InRange(BestOfSweep(task, preconditioned: true).Median, 0.99, 1.05);
    }

    private static (double Median, double Rate) BestOfSweep(PreparedLinearControl task, bool preconditioned) =>
        LearningRates.Select(rate => (MedianCost(task, rate, preconditioned), rate)).Min();

    private static double MedianCost(PreparedLinearControl task, double rate, bool preconditioned)
    {
        double[] costs = [.. Enumerable.Range(0, Seeds).Select(seed => CostAfterOnePass(task, rate, preconditioned, new Philox(1000 + (ulong)seed))).Order()];
        return (costs[(Seeds / 2) - 1] + costs[Seeds / 2]) / 2;
    }

    private static double CostAfterOnePass(PreparedLinearControl task, double rate, bool preconditioned, Philox generator)
    {
        var model = task.CreateModel(null, generator.Split("model"));
        Optimizer optimizer = new AdamW(model.Parameters(), rate);
        using var doPr = preconditioned ? new DoPr(optimizer, model) : null;
        optimizer = doPr ?? optimizer;
        int[] order = [.. Enumerable.Range(0, task.TrainingCount)];
        generator.Split("order").Shuffle(order);
        for (int start = 0; start + Batch <= order.Length; start += Batch)
        {
            using var scope = TensorScope.Begin();
            task.TrainingLoss(model, order.AsSpan(start, Batch)).Backward();
            optimizer.Step();
            optimizer.ZeroGrad();
        }

        return task.Deploy(model, CancellationToken.None).Metric;
    }
}
