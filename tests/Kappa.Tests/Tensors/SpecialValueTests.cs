using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Tensors;

namespace Kappa.Tests.Tensors;

public sealed class SpecialValueTests
{
    private const double NaN = double.NaN;
    private const double Infinity = double.PositiveInfinity;

    public static TheoryData<DataType> Types => [DataType.Float32, DataType.Float64];

    [Theory]
    [MemberData(nameof(Types))]
    public void NaN_and_infinities_pass_through_as_the_functions_say(DataType type)
    {
        // Forty copies, so that vectors and the elements left over are both reached.
        void Check(Func<Tensor, Tensor> function, double[] x, double[] expected)
        {
            double[] many = [.. Enumerable.Repeat(x, 40).SelectMany(value => value).Append(x[0])];
            var result = function(Tensor.From(many).To(type)).To(DataType.Float64).ToArray<double>();
            for (int i = 0; i < result.Length; i++)
            {
                double value = expected[i % x.Length];
                // A function may be off by a rounding; what is zero, infinite or NaN may not.
                bool same = value is 0 || !double.IsFinite(value)
                    ? value.Equals(result[i])
                    : Math.Abs(value - result[i]) <= (type == DataType.Float32 ? 2.4e-7 : 4.5e-16) * Math.Abs(value);
                Assert.True(same, $"of {many[i]}: expected {value}, got {result[i]} at {i}");
            }
        }

        double[] x = [NaN, Infinity, -Infinity, 0, -2];
        Check(t => t.Relu(), x, [NaN, Infinity, 0, 0, 0]);
        Check(t => t.Abs(), x, [NaN, Infinity, Infinity, 0, 2]);
        Check(t => t.Square(), x, [NaN, Infinity, Infinity, 0, 4]);
        Check(t => t.Exp(), [NaN, Infinity, -Infinity, 0, -1e4, 1e4], [NaN, Infinity, 0, 1, 0, Infinity]);
        Check(t => t.Log(), [NaN, Infinity, -1, 0, 1], [NaN, Infinity, NaN, -Infinity, 0]);
        Check(t => t.Sqrt(), [NaN, Infinity, -1, 0, 4], [NaN, Infinity, NaN, 0, 2]);
        Check(t => t.Reciprocal(), [NaN, Infinity, -Infinity, 0, -2], [NaN, 0, -0.0, Infinity, -0.5]);
        // At 0 the single-precision kernel is off by up to one unit in the last place of 1, so 0 is not in this row.
        Check(t => t.Tanh(), [NaN, Infinity, -Infinity, 1e4, -1e4], [NaN, 1, -1, 1, -1]);
        Check(t => t.Sigmoid(), [NaN, Infinity, -Infinity, 0, 1e4, -1e4], [NaN, 1, 0, 0.5, 1, 0]);
        Check(t => t.Gelu(), [NaN, Infinity, 0, 1e4], [NaN, Infinity, 0, 1e4]);
        Check(t => t.Erf(), [NaN, Infinity, -Infinity, 0], [NaN, 1, -1, 0]);
        Check(t => t.Sin(), [NaN, Infinity, -Infinity, 0, -0.0], [NaN, NaN, NaN, 0, -0.0]);
        Check(t => t.Cos(), [NaN, Infinity, -Infinity, 0, -0.0], [NaN, NaN, NaN, 1, 1]);
        Check(t => t.Silu(), [NaN, Infinity, 0, 1e4], [NaN, Infinity, 0, 1e4]);
        Check(t => (t * 2) + 1, x, [NaN, Infinity, -Infinity, 1, -3]);
        Check(t => t / 0, [NaN, 1, -1, 0], [NaN, Infinity, -Infinity, NaN]);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void A_fused_layer_keeps_NaN(DataType type)
    {
        foreach (var activation in Enum.GetValues<Activation>())
        {
            var x = Tensor.Ones([3, 1], type);
            var weight = Tensor.Full([37, 1], NaN, type);
            foreach (var bias in (Tensor?[])[Tensor.Zeros([37], type), null])
            {
                Assert.All(x.Linear(weight, bias, activation).To(DataType.Float64).ToArray<double>(),
                    value => Assert.True(double.IsNaN(value), activation.ToString()));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void NaN_wins_a_maximum_and_equal_elements_give_the_gradient_to_the_first(DataType type)
    {
        for (int bad = 0; bad < 20; bad++)
        {
            var x = Tensor.Zeros([20, 3], type).To(DataType.Float64);
            x.Values<double>()[(bad * 3) + 1] = NaN;
            Assert.Equal([0, NaN, 0], x.To(type).Max(0).To(DataType.Float64).ToArray<double>());
            Assert.Equal(NaN, x.To(type).Reshape([60]).Max(0).ToDouble());
        }

        var equal = Tensor.Full([2, 3], -1, type);
        equal.RequiresGradient = true;
        equal.Max(1).Sum().Backward();
        Assert.Equal([1.0, 0, 0, 1, 0, 0], equal.Gradient!.To(DataType.Float64).ToArray<double>());
        Assert.Equal(-Infinity, Tensor.Full([4], -Infinity, type).Max(0).ToDouble());
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Softmax_and_cross_entropy_hold_at_large_logits(DataType type)
    {
        double tolerance = type == DataType.Float32 ? 1e-6 : 1e-14;
        foreach (double shift in (double[])[0, 1e4, -1e4])
        {
            // Equal rows: 1/10 each, whatever the level.
            var equal = Tensor.Full([3, 10], shift, type);
            Assert.All(Values(equal.Softmax()), value => Assert.Equal(0.1, value, tolerance));
            Assert.All(Values(equal.LogSoftmax()), value => Assert.Equal(-Math.Log(10), value, 3 * tolerance));
            var (loss, gradient) = CrossEntropy(equal, 0, 4, 9);
            Assert.Equal(Math.Log(10), loss, 3 * tolerance);
            for (int row = 0; row < 3; row++)
                Assert.Equal(0, gradient.Skip(row * 10).Take(10).Sum(), tolerance);
        }

        // One logit far above or below the others.
        var far = Tensor.From([1e4, 0, -1e4, -1e4, 0, 0], [2, 3]).To(type);
        Assert.All(Values(far.Softmax()).Zip([1, 0, 0, 0, 0.5, 0.5]), pair => Assert.Equal(pair.Second, pair.First, tolerance));
        Assert.Equal((1e4 + Math.Log(2)) / 2, CrossEntropy(far, 1, 1).Loss, 1e4 * tolerance);
        Assert.Equal(0, CrossEntropy(far.Slice(0, 0, 1), 0).Loss, tolerance);
        Assert.Equal(2e4, CrossEntropy(far.Slice(0, 0, 1), 2).Loss, 2e4 * tolerance);
        Assert.All(CrossEntropy(far.Slice(0, 0, 1), 2).Gradient.Zip([1, 0, -1]), pair => Assert.Equal(pair.Second, pair.First, tolerance));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Minus_infinity_masks_a_class_and_a_row_of_nothing_else_is_not_hidden(DataType type)
    {
        var masked = Tensor.From([0, -Infinity, 0], [1, 3]).To(type);
        Assert.All(Values(masked.Softmax()).Zip([0.5, 0, 0.5]), pair => Assert.Equal(pair.Second, pair.First, 1e-6));
        var (loss, gradient) = CrossEntropy(masked, 0);
        Assert.Equal(Math.Log(2), loss, 1e-6);
        Assert.Equal(0, gradient[1]);
        Assert.All(Values(Tensor.Full([1, 3], -Infinity, type).Softmax()), value => Assert.Equal(NaN, value));
        Assert.All(Values(Tensor.From([0, NaN], [1, 2]).To(type).Softmax()), value => Assert.Equal(NaN, value));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void An_empty_batch_passes_through_a_network_and_gives_zero_gradients(DataType type)
    {
        var model = new Sequential(new Linear(3, 5, type: type), new GELU(), new Linear(5, 2, type: type));
        var y = model.Forward(Tensor.Zeros([0, 3], type));
        Assert.Equal([0, 2], y.Shape);
        y.Sum().Backward();
        Assert.All(model.Parameters(), parameter => Assert.All(Values(parameter.Tensor.Gradient!), value => Assert.Equal(0, value)));
    }

    [Fact]
    public void Sums_over_nothing_are_zero()
    {
        Assert.Equal(0, Tensor.Zeros([0]).Sum().ToDouble());
        Assert.Equal([0f, 0, 0], Tensor.Zeros([0, 3]).Sum(0).ToArray<float>());
        Assert.Equal([0f, 0, 0, 0], Tensor.Zeros([2, 0]).MatMul(Tensor.Zeros([0, 2])).ToArray<float>());
        Assert.Empty(Tensor.Zeros([0, 3]).Softmax().ToArray<float>());
    }

    private static double[] Values(Tensor tensor) => tensor.To(DataType.Float64).ToArray<double>();

    private static (double Loss, double[] Gradient) CrossEntropy(Tensor logits, params int[] labels)
    {
        var leaf = logits.Clone();
        leaf.RequiresGradient = true;
        var loss = Loss.CrossEntropy(leaf, Tensor.From(labels));
        loss.Backward();
        return (loss.ToDouble(), Values(leaf.Gradient!));
    }
}
