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

    [Theory]
    [InlineData(DataType.Float32)]
    [InlineData(DataType.Float64)]
    public void They_are_formed_in_double_precision_and_rounded_once(DataType type)
    {
        double[] times = [0, 1, 0.1, 1.0 / 3, 0.7234567, 1e-9, -0.4];
        var input = Tensor.From([.. times.SelectMany(time => (double[])[5, time])], [times.Length, 2]).To(type);
        double[] rounded = [.. times.Select(time => type == DataType.Float32 ? (float)time : time)];
        double[] expected = [.. rounded.SelectMany(time => (double[])[5, .. Angles(time).Select(Math.Sin), .. Angles(time).Select(Math.Cos)])];
        var features = new TimeFeatures(30).Forward(input);
        Assert.Equal(Tensor.From(expected, features.Shape).To(type).To(DataType.Float64).ToArray<double>(), features.To(DataType.Float64).ToArray<double>());

        static IEnumerable<double> Angles(double time) => Enumerable.Range(0, 30).Select(k => Math.PI * (1 << k) * time);
    }

    [Fact]
    public void The_point_and_the_time_have_gradients()
    {
        const double Time = 0.3;
        var input = Tensor.From([1, 2, Time], [1, 3]);
        input.RequiresGradient = true;
        (new TimeFeatures(2).Forward(input).Square() * Tensor.From([1.0, 1, 1, 2, 3, 5], [1, 6])).Sum().Backward();
        double turn = 2 * Math.PI * Time;
        // d sin^2(a t) = a sin(2 a t), and that of the cosine its negative.
        double expected = ((1 - 3) * Math.PI * Math.Sin(turn)) + ((2 - 5) * 2 * Math.PI * Math.Sin(2 * turn));
        Assert.All(input.Gradient!.ToArray<double>().Zip([2, 4, expected]), pair => Assert.Equal(pair.Second, pair.First, 12));
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
