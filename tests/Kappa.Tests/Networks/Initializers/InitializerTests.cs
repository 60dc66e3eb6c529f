using Kappa.Networks.Initializers;
using Kappa.Networks.Layers;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Tests.Networks.Initializers;

public sealed class InitializerTests
{
    [Theory]
    [InlineData(DataType.Float32)]
    [InlineData(DataType.Float64)]
    public void Kaiming_draws_normals_with_variance_two_over_the_inputs(DataType type) =>
        AssertMoments(Draw(new KaimingInitializer(), [300, 200], type), variance: 2.0 / 200, fourth: 3);

    [Theory]
    [InlineData(DataType.Float32)]
    [InlineData(DataType.Float64)]
    public void Xavier_draws_uniforms_with_variance_two_over_inputs_and_outputs(DataType type)
    {
        double[] values = Draw(new XavierInitializer(), [300, 200], type);
        AssertMoments(values, variance: 2.0 / 500, fourth: 1.8);
        Assert.All(values, value => Assert.InRange(value, -Math.Sqrt(6.0 / 500) * 1.000001, Math.Sqrt(6.0 / 500) * 1.000001));
    }

    [Fact]
    public void Further_axes_count_to_the_fans()
    {
        AssertMoments(Draw(new KaimingInitializer(), [300, 20, 10], DataType.Float64), variance: 2.0 / 200, fourth: 3);
        AssertMoments(Draw(new XavierInitializer(), [30, 20, 10, 10], DataType.Float64), variance: 2.0 / 5000, fourth: 1.8);
    }

    [Fact]
    public void The_default_of_a_linear_layer_is_uniform_within_one_over_the_root_of_the_inputs()
    {
        var layer = new Linear(100, 600, type: DataType.Float64);
        AssertMoments(layer.Weight.ToArray<double>(), variance: 1.0 / 300, fourth: 1.8);
        AssertMoments(layer.Bias!.ToArray<double>(), variance: 1.0 / 300, fourth: 1.8);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 7)]
    [InlineData(40, 13)]
    [InlineData(13, 40)]
    [InlineData(1, 9)]
    [InlineData(9, 1)]
    public void Orthogonal_has_orthonormal_rows_or_columns_whichever_are_fewer(int rows, int columns)
    {
        foreach (double gain in (double[])[1, -2.5])
        {
            var weight = Tensor.Zeros([rows, columns], DataType.Float64);
            new OrthogonalInitializer(gain).Fill(weight, new Philox(3));
            var product = rows >= columns ? weight.MatMul(weight, transposeA: true) : weight.MatMul(weight, transposeB: true);
            double[] values = product.ToArray<double>();
            int small = Math.Min(rows, columns);
            for (int i = 0; i < values.Length; i++)
                Assert.Equal(i / small == i % small ? gain * gain : 0, values[i], 1e-12 * gain * gain);
        }
    }

    [Theory]
    [InlineData(3, 3)]
    [InlineData(5, 2)]
    [InlineData(2, 5)]
    public void Orthogonal_is_uniform_over_orthogonal_matrices(int rows, int columns)
    {
        // Every entry q of a Haar matrix has mean 0 and variance 1 / n, and the sign of the diagonal is even: without the sign
        // fix, a QR by reflections makes the diagonal negative more often than not.
        const int Draws = 4000;
        int n = Math.Max(rows, columns);
        var generator = new Philox(11);
        var sums = new double[rows * columns];
        var squares = new double[rows * columns];
        for (int draw = 0; draw < Draws; draw++)
        {
            using var scope = TensorScope.Begin();
            var weight = Tensor.Zeros([rows, columns], DataType.Float64);
            new OrthogonalInitializer().Fill(weight, generator);
            double[] values = weight.ToArray<double>();
            for (int i = 0; i < values.Length; i++)
            {
                sums[i] += values[i];
                squares[i] += values[i] * values[i];
            }
        }

        // E q^4 = 3 / (n (n + 2)).
        double errorOfSquare = Math.Sqrt(((3.0 / (n * (n + 2))) - (1.0 / (n * n))) / Draws);
        for (int i = 0; i < sums.Length; i++)
        {
            Assert.InRange(sums[i] / Draws, -4.5 / Math.Sqrt(n * Draws), 4.5 / Math.Sqrt(n * Draws));
            Assert.InRange((squares[i] / Draws) - (1.0 / n), -4.5 * errorOfSquare, 4.5 * errorOfSquare);
        }
    }

    [Fact]
    public void Draws_repeat_for_one_seed_and_an_empty_weight_draws_nothing()
    {
        foreach (var initializer in (Initializer[])[new KaimingInitializer(), new XavierInitializer(), new OrthogonalInitializer()])
        {
            Assert.Equal(Draw(initializer, [5, 4], DataType.Float64), Draw(initializer, [5, 4], DataType.Float64));
            initializer.Fill(Tensor.Zeros([0, 4]), new Philox(1));
            initializer.Fill(Tensor.Zeros([4, 0]), new Philox(1));
        }

        _ = Assert.Throws<ArgumentOutOfRangeException>(() => new OrthogonalInitializer(double.NaN));
    }

    private static double[] Draw(Initializer initializer, Shape shape, DataType type)
    {
        var weight = Tensor.Zeros(shape, type);
        initializer.Fill(weight, new Philox(7));
        return weight.To(DataType.Float64).ToArray<double>();
    }

    /// <summary>Mean and variance within 4.5 standard errors, given the kurtosis E x^4 / variance^2.</summary>
    private static void AssertMoments(double[] values, double variance, double fourth)
    {
        double n = values.Length;
        double error = Math.Sqrt(variance / n);
        Assert.InRange(values.Average(), -4.5 * error, 4.5 * error);
        double errorOfVariance = variance * Math.Sqrt((fourth - 1) / n);
        Assert.InRange(values.Average(value => value * value) - variance, -4.5 * errorOfVariance, 4.5 * errorOfVariance);
    }
}
