using Kappa.Networks;
using Kappa.Tensors;

namespace Kappa.Tests.Tensors.Scales;

/// <summary>Infinite logits where the limit is one and the same from everywhere, and NaN where there is none.</summary>
public sealed class InfiniteLogitTests
{
    private const float Infinity = float.PositiveInfinity;

    public static TheoryData<DataType> Types => [DataType.Float32, DataType.Float64];

    [Theory]
    [MemberData(nameof(Types))]
    public void A_class_at_minus_infinity_has_no_probability_and_an_only_one_at_infinity_has_all(DataType type)
    {
        Check([-Infinity, 0, 0], [0, 0.5, 0.5], [double.NegativeInfinity, -Math.Log(2), -Math.Log(2)]);
        Check([-Infinity, 3, -Infinity], [0, 1, 0], [double.NegativeInfinity, 0, double.NegativeInfinity]);
        Check([0, Infinity, 5], [0, 1, 0], [double.NegativeInfinity, 0, double.NegativeInfinity]);
        Check([-Infinity, Infinity, 5], [0, 1, 0], [double.NegativeInfinity, 0, double.NegativeInfinity]);
        Check([-3e38f, 3e38f, 0], [0, 1, 0], null);

        void Check(float[] logits, double[] probabilities, double[]? logarithms)
        {
            using var scope = TensorScope.Begin();
            var x = Tensor.From(logits, [1, 3]).To(type);
            Assert.Equal(probabilities, x.Softmax().To(DataType.Float64).ToArray<double>());
            for (int label = 0; label < 3 && logarithms is not null; label++)
            {
                Assert.Equal(logarithms[label], x.LogSoftmax().To(DataType.Float64).ToArray<double>()[label], 1e-6);
                Assert.Equal(-logarithms[label], Loss.CrossEntropy(x, Tensor.From(label)).ToDouble(), 1e-6);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Gradients_and_products_pass_by_classes_that_are_ruled_out(DataType type)
    {
        using var scope = TensorScope.Begin();
        foreach (float[] logits in (float[][])[[-Infinity, 1, 2, 4], [-Infinity, -Infinity, -Infinity, 1], [0, 1, 2, Infinity]])
        {
            var x = Tensor.From(logits, [1, 4]).To(type);
            x.RequiresGradient = true;
            double[] p = x.Softmax().To(DataType.Float64).ToArray<double>();
            Loss.CrossEntropy(x, Tensor.From(3)).Backward();
            double[] gradient = x.Gradient!.To(DataType.Float64).ToArray<double>();
            for (int i = 0; i < 4; i++)
                Assert.Equal(p[i] - (i == 3 ? 1 : 0), gradient[i], 1e-6);
            var t = Tensor.From([1f, 2, 3, 4], [1, 4]).To(type);
            double mean = Enumerable.Range(0, 4).Sum(i => p[i] * (i + 1));
            Assert.Equal(mean - 4, Differentiate.Jvp(() => Loss.CrossEntropy(x, Tensor.From(3)), [x], [t]).Tangent.ToDouble(), 1e-5);
            double[] product = Differentiate.HessianVectorProduct(() => Loss.CrossEntropy(x, Tensor.From(3)), [x], [t]).Products[0]
                .To(DataType.Float64).ToArray<double>();
            for (int i = 0; i < 4; i++)
                Assert.Equal(p[i] * (i + 1 - mean), product[i], 1e-5);
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Where_there_is_no_limit_the_result_is_NaN(DataType type)
    {
        foreach (float[] logits in (float[][])[[Infinity, Infinity, 0], [-Infinity, -Infinity, -Infinity], [float.NaN, 0, 1]])
        {
            using var scope = TensorScope.Begin();
            var x = Tensor.From(logits, [1, 3]).To(type);
            Assert.Contains(x.Softmax().To(DataType.Float64).ToArray<double>(), double.IsNaN);
            Assert.True(double.IsNaN(Loss.CrossEntropy(x, Tensor.From(0)).ToDouble()));
        }
    }
}
