using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Optimizers;
using Kappa.Randomness;
using Kappa.Tensors;
using Kappa.Tests.Optimizers;
using Kappa.Training;

namespace Kappa.Tests.Training;

public sealed class LearningRateRangeTests
{
    public static TheoryData<string> Optimizers => [.. OptimizerCases.Names.SelectMany<object[], object>(row => row).Cast<string>(), "dopr-sgd-momentum"];

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Everything_is_taken_back_bit_for_bit(string name)
    {
        var (plain, tested) = (new SmallRun(name, 5), new SmallRun(name, 5));
        plain.Train(4);
        tested.Train(4);
        var batches = new Philox(9);
        var result = LearningRateRangeTest.Run(tested.Model, tested.Optimizer, () =>
            Loss.MeanSquaredError(tested.Model.Forward(Tensor.Normal([8, 3], batches)), Tensor.Normal([8, 2], batches)),
            new LearningRateRangeTestOptions { Steps = 20 });
        Assert.NotEmpty(result.Points);
        Assert.Equal(plain.Values(), tested.Values());
        Assert.Equal(plain.Optimizer.StepCount, tested.Optimizer.StepCount);
        Assert.Equal(plain.Optimizer.LearningRate, tested.Optimizer.LearningRate);
        Assert.Same(tested.Optimizer.Schedule, tested.Optimizer.Schedule);
        Assert.All(tested.Model.Parameters(), parameter => Assert.Null(parameter.Tensor.Gradient));
        plain.Train(4);
        tested.Train(4);
        Assert.Equal(plain.Values(), tested.Values());
    }

    [Fact]
    public void Statistics_and_generators_of_the_model_are_taken_back_too()
    {
        var model = new Sequential(new Linear(3, 8), new BatchNorm1d(8), new Dropout(0.5), new ReLU(), new Linear(8, 1));
        _ = model.Initialize(new Philox(1));
        var x = Tensor.Normal([16, 3], new Philox(2));
        _ = model.Forward(x);
        string[] before = Values();
        _ = LearningRateRangeTest.Run(model, new SGD(model.Parameters(), 0.1), () => model.Forward(x).Square().Mean());
        Assert.Equal(before, Values());

        string[] Values() => [.. model.StateDict().Select(entry => $"{entry.Key} {Convert.ToHexString(entry.Value.Bytes)}")];
    }

    /// <summary>Gradient descent on w^2 / 2 goes as w (1 - rate): it diverges where the rate passes 2, for certain.</summary>
    [Fact]
    public void The_rate_at_which_a_parabola_diverges_lies_behind_the_suggestion()
    {
        var (model, optimizer) = Parabola();
        var w = model.Parameters()[0].Tensor;
        var result = LearningRateRangeTest.Run(model, optimizer, () => 0.5 * w.Square().Sum(),
            new LearningRateRangeTestOptions { Lowest = 1.3e-3, Highest = 1.3e3, Steps = 61, Smoothing = 0 });
        Assert.True(result.Diverged);
        double weight = 3;
        foreach (var point in result.Points)
        {
            Assert.Equal(0.5 * weight * weight, point.Loss, 1e-5 * point.Loss);
            Assert.Equal(point.Loss, point.SmoothedLoss);
            weight *= 1 - point.LearningRate;
        }

        Assert.InRange(result.Points[^1].LearningRate, 2, 1.3e3);
        Assert.InRange(result.SteepestDescent!.Value, 0.03, 1);
        Assert.True(result.SteepestDescent < result.LowestLoss);
        Assert.Equal(3, w.ToArray<float>()[0]);
        for (int i = 0; i < result.Points.Count; i++)
            Assert.Equal(1.3e-3 * Math.Pow(10, i / 10.0), result.Points[i].LearningRate, 1e-9 * result.Points[i].LearningRate);
    }

    [Fact]
    public void Losses_are_averaged_without_bias_and_one_that_is_not_finite_ends_the_test()
    {
        var (model, optimizer) = Parabola();
        var w = model.Parameters()[0].Tensor;
        double[] losses = [4, 2, 6, double.NaN];
        int next = 0;
        var result = LearningRateRangeTest.Run(model, optimizer, () => (w * 0).Sum() + losses[next++], new LearningRateRangeTestOptions { Smoothing = 0.5 });
        Assert.True(result.Diverged);
        Assert.Equal([4, 2, 6], result.Points.Select(point => point.Loss));
        Assert.Equal([4, 2 / 0.75, 4 / 0.875], result.Points.Select(point => point.SmoothedLoss), (a, b) => Math.Abs(a - b) < 1e-9);
    }

    [Fact]
    public void A_loss_that_throws_leaves_everything_as_it_was()
    {
        var (model, optimizer) = Parabola();
        var w = model.Parameters()[0].Tensor;
        int calls = 0;
        _ = Assert.Throws<InvalidOperationException>(() => LearningRateRangeTest.Run(model, optimizer, () =>
            ++calls < 5 ? w.Square().Sum() : throw new InvalidOperationException("no more data")));
        Assert.Equal(3, w.ToArray<float>()[0]);
        Assert.Equal(0, optimizer.StepCount);
        Assert.Equal(0.25, optimizer.LearningRate);
    }

    [Fact]
    public void A_loss_that_nowhere_falls_suggests_nothing()
    {
        var (model, optimizer) = Parabola();
        var w = model.Parameters()[0].Tensor;
        var result = LearningRateRangeTest.Run(model, optimizer, () => (w * 0).Sum() + 1, new LearningRateRangeTestOptions { Steps = 5 });
        Assert.False(result.Diverged);
        Assert.Null(result.SteepestDescent);
    }

    [Fact]
    public void A_highest_rate_below_the_lowest_is_refused() => Assert.StartsWith(
        "LearningRateRangeTestOptions.Highest takes a rate above Lowest, 1; got 0.5",
        Assert.Throws<ArgumentOutOfRangeException>(new LearningRateRangeTestOptions { Lowest = 1, Highest = 0.5 }.Validate).Message, StringComparison.Ordinal);

    private static (Module Model, Optimizer Optimizer) Parabola()
    {
        var model = new Linear(1, 1, bias: false);
        model.Parameters()[0].Tensor.CopyFromInPlace(Tensor.Full([1, 1], 3));
        return (model, new SGD(model.Parameters(), 0.25));
    }
}
