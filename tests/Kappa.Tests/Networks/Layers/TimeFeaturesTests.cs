using Kappa.Networks.Layers;
using Kappa.Tensors;

namespace Kappa.Tests.Networks.Layers;

public sealed class TimeFeaturesTests
{
    [Fact]
    public void The_time_becomes_sines_and_then_cosines_of_doubling_frequency()
    {
        double[] features = new TimeFeatures(2).Forward(Tensor.From([7.0, 8, 0.25, 9, 10, 1], [2, 3])).ToArray<double>();
        double s = Math.Sqrt(0.5);
        double[] expected = [7, 8, s, 1, s, 0, 9, 10, 0, 0, -1, 1];
        Assert.All(expected.Zip(features), pair => Assert.Equal(pair.First, pair.Second, 12));
    }

    [Fact]
    public void The_point_keeps_its_gradient()
    {
        var input = Tensor.From([1f, 2, 0.5f], [1, 3]);
        input.RequiresGradient = true;
        new TimeFeatures(3).Forward(input).Square().Sum().Backward();
        Assert.Equal([2f, 4, 0], input.Gradient!.ToArray<float>());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    public void Too_few_or_too_many_frequencies_are_refused(int frequencies) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new TimeFeatures(frequencies));

    [Fact]
    public void What_is_no_point_with_a_time_is_refused()
    {
        Assert.Equal(
            "TimeFeatures: expected [batch, n + 1], a point and the time; got [3, 1]",
            Assert.Throws<TensorShapeException>(() => new TimeFeatures(1).Forward(Tensor.Zeros([3, 1]))).Message);
        Assert.Throws<TensorShapeException>(() => new TimeFeatures(1).Forward(Tensor.Zeros([3])));
    }
}
