using Kappa.Networks.Layers;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Tests.Tensors.Range;

/// <summary>Wherever a formula divides by a number, the result is the quotient rounded once, not a product with a rounded reciprocal.</summary>
public sealed class DivisionTests
{
    public static TheoryData<DataType> Types => [DataType.Float32, DataType.Float64];

    [Theory]
    [MemberData(nameof(Types))]
    public void A_mean_of_ones_is_one_for_every_count(DataType type)
    {
        for (int count = 1; count <= 300; count++)
        {
            var ones = Tensor.Ones([count], type);
            Assert.Equal(1, ones.Mean().ToDouble());
            Assert.Equal(1, Tensor.Ones([count, 2], type).Mean(0).To(DataType.Float64).ToArray<double>()[1]);
            Assert.Equal(1, Tensor.Ones([2, count], type).Mean(1).To(DataType.Float64).ToArray<double>()[0]);
        }

        for (int side = 1; side <= 17; side++)
        {
            var image = Tensor.Ones([1, 1, side, side], type);
            Assert.Equal(1, image.GlobalAvgPool2d().Sum().ToDouble());
            Assert.Equal(1, image.AvgPool2d(side).Sum().ToDouble());
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void A_quotient_and_its_derivatives_are_rounded_once(DataType type)
    {
        var x = Tensor.Normal([211], new Philox(1), type: type);
        x.RequiresGradient = true;
        double[] values = Values(x);
        foreach (double divisor in new[] { 3, 7, 49, -10, 1e-3, 255 })
        {
            double rounded = type == DataType.Float32 ? (float)divisor : divisor;
            using var recorded = new RecordedFunction(() => x / divisor, [x]);
            double[] actual = Values(recorded.Value), gradient = Values(recorded.Vjp(x.Detach())[0]), tangent = Values(recorded.Jvp([x.Detach()]));
            for (int i = 0; i < values.Length; i++)
            {
                double expected = type == DataType.Float32 ? (float)(values[i] / rounded) : values[i] / rounded;
                Assert.Equal((expected, expected, expected), (actual[i], gradient[i], tangent[i]));
            }
        }
    }

    [Fact]
    public void Numbers_out_of_the_range_of_single_precision_scale_what_is_in_it()
    {
        var x = Tensor.From(1e-10f, -3e-20f, 0f, 2f, 1e38f);
        foreach (double factor in new[] { 1e39, 1e-46, 1e45, 1e-40 })
        {
            double[] values = Values(x), product = Values(x * factor), quotient = Values(x / factor);
            for (int i = 0; i < values.Length; i++)
            {
                Assert.Equal((float)(values[i] * factor), product[i]);
                Assert.Equal((float)(values[i] / factor), quotient[i]);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Dropout_divides_what_remains(DataType type)
    {
        var model = new Dropout(0.3);
        model.Initialize(new Philox(1));
        var x = Tensor.Normal([300], new Philox(2), type: type);
        double[] values = Values(x), actual = Values(model.Forward(x));
        double keep = type == DataType.Float32 ? (float)0.7 : 0.7;
        for (int i = 0; i < values.Length; i++)
            Assert.True(actual[i] == 0 || actual[i] == (type == DataType.Float32 ? (float)(values[i] / keep) : values[i] / keep));
        Assert.Contains(actual, value => value != 0);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void A_mean_whose_sum_overflows_is_in_range(DataType type)
    {
        double large = type == DataType.Float32 ? 3e38f : 1.5e308;
        var x = Tensor.Full([4, 6], large, type);
        x.RequiresGradient = true;
        Assert.Equal(1, x.Mean().ToDouble() / large, 1e-6);
        Assert.All(Values(x.Mean(0)), value => Assert.Equal(1, value / large, 1e-6));
        Assert.All(Values(x.Mean(1)), value => Assert.Equal(1, value / large, 1e-6));
        if (type == DataType.Float32)
            Assert.All(Values(x.Reshape([1, 1, 4, 6]).AvgPool2d(2)), value => Assert.Equal(1, value / large, 1e-6));
        x.Mean().Backward();
        Assert.All(Values(x.Gradient!), value => Assert.Equal(1.0 / 24, value, 1e-8));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void The_gradient_of_a_mean_is_one_over_the_count(DataType type)
    {
        for (int count = 1; count <= 100; count++)
        {
            var x = Tensor.Ones([count], type);
            x.RequiresGradient = true;
            x.Mean().Backward();
            Assert.All(Values(x.Gradient!), value => Assert.Equal(type == DataType.Float32 ? 1f / count : 1.0 / count, value));
        }
    }

    private static double[] Values(Tensor tensor) => tensor.To(DataType.Float64).ToArray<double>();
}
