using Kappa.Tensors;

namespace Kappa.Tests.Tensors;

public sealed class CastTests
{
    [Fact]
    public void The_numbers_are_those_of_a_conversion_and_of_their_own_type_the_tensor_itself()
    {
        double[] values = [0.1, -2.7, 1e-50, 1e300, double.NaN, double.NegativeInfinity];
        var x = Tensor.From(values);
        Assert.Same(x, x.Cast(DataType.Float64));
        Assert.Equal(Array.ConvertAll(values, value => (float)value), x.Cast(DataType.Float32).ToArray<float>());
        var many = Tensor.From([.. Enumerable.Range(0, 1000).Select(i => Math.Sqrt(i) - 7.3)]);
        Assert.Equal(Array.ConvertAll(many.ToArray<double>(), value => (float)value), many.To(DataType.Float32).ToArray<float>());
    }

    [Fact]
    public void Derivatives_of_first_and_second_order_cross_over_in_the_type_of_the_input()
    {
        float[] start = [0.3f, -1.2f, 2.5f];
        var single = Tensor.From(start);
        single.RequiresGradient = true;
        var direction = Tensor.From([1f, -0.5f, 2f]);
        using var recorded = new RecordedFunction(() => ((single.Cast(DataType.Float64) * 3).Sin().Cast(DataType.Float32) * single).Sum(), [single]);
        var (gradient, tangent) = (recorded.Gradient()[0], recorded.Jvp([direction]));
        var product = recorded.HessianProduct([direction]).Products[0];
        Assert.All([gradient, tangent, product], part => Assert.Equal(DataType.Float32, part.DataType));
        // f(x) = x sin(3 x).
        double[] slopes = [.. start.Select(x => Math.Sin(3.0 * x) + (3 * x * Math.Cos(3.0 * x)))];
        double[] curvatures = [.. start.Select(x => (6 * Math.Cos(3.0 * x)) - (9 * x * Math.Sin(3.0 * x)))];
        float[] along = direction.ToArray<float>();
        Assert.All(slopes.Zip(gradient.ToArray<float>()), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        Assert.All(curvatures.Zip(along, (curvature, step) => curvature * step).Zip(product.ToArray<float>()),
            pair => Assert.Equal(pair.First, pair.Second, 1e-4));
        Assert.Equal(slopes.Zip(along, (slope, step) => slope * step).Sum(), tangent.ToDouble(), 1e-4);
    }

    [Fact]
    public void Integers_are_not_cast()
    {
        Assert.Contains("Cast: expected Float32 or Float64; got [2] Int32", Says(() => Tensor.From(1, 2).Cast(DataType.Float32)), StringComparison.Ordinal);
        Assert.Contains("expected to cast to Float32 or Float64; got Int32", Says(() => Tensor.From(1f, 2).Cast(DataType.Int32)), StringComparison.Ordinal);

        static string Says(Func<Tensor> cast) => Assert.Throws<TensorShapeException>(cast).Message;
    }
}
