using Kappa.LinearAlgebra.Arithmetic;
using Kappa.LinearAlgebra.Operators;
using Kappa.LinearAlgebra.Solvers;
using Kappa.Randomness;
using Kappa.Tensors;
using MathNet.Numerics.LinearAlgebra;

namespace Kappa.Tests.LinearAlgebra.Solvers;

public sealed class SpectrumTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(17)]
    [InlineData(130)]
    public void Eigenvalues_equal_those_of_a_dense_decomposition(int size)
    {
        foreach (string kind in (string[])["random", "diagonal", "rank one", "clustered", "tiny", "zero"])
        {
            var matrix = Symmetric(kind, size);
            // The reference loses digits where numbers are very small.
            double[] expected = matrix.Evd(Symmetricity.Symmetric).EigenValues.Select(value => value.Real).Order().ToArray();
            double unit = kind == "tiny" ? 1e-200 : 1;
            double[] actual = [.. SymmetricEigenvalues.Compute((matrix * unit).ToRowMajorArray(), size).Select(value => value / unit)];
            double scale = expected.Max(Math.Abs);
            for (int i = 0; i < size; i++)
                Assert.Equal(expected[i], actual[i], 1e-13 * Math.Max(size, 10) * scale);
        }
    }

    [Fact]
    public void Gram_matrices_of_collapsed_activations_have_their_eigenvalues_too()
    {
        // Few directions, over many orders of magnitude, and the rest nothing but rounding.
        for (int trial = 0; trial < 60; trial++)
        {
            var generator = new Philox((ulong)trial);
            int rank = 1 + (trial % 6);
            var left = Tensor.Normal([256, rank], generator, 0, 1);
            var right = Tensor.Normal([rank, 128], generator, 0, 1) * Tensor.From(
                [.. Enumerable.Range(0, rank).Select(i => (float)Math.Pow(10, -2 * i * (trial / 6 % 3)))], [rank, 1]);
            var activations = left.MatMul(right).Relu();
            var spectrum = MatrixSpectrum.Of(activations);
            double[] expected = SingularValues.Of(activations);
            for (int i = 0; i < 128; i++)
                Assert.Equal(expected[i], spectrum.Values[i], 1e-6 * expected[0]);
        }
    }

    [Theory]
    [InlineData(40, 17, DataType.Float64)]
    [InlineData(17, 40, DataType.Float32)]
    [InlineData(30, 30, DataType.Float32)]
    [InlineData(1, 9, DataType.Float64)]
    public void Singular_values_equal_those_of_a_dense_decomposition(int rows, int columns, DataType type)
    {
        foreach (double size in (double[])[1e-18, 1, 1e17])
        {
            var matrix = Tensor.Normal([rows, columns], new Philox(4), 0, size, type);
            // The reference loses digits where numbers are very small.
            double[] expected = [.. SingularValues.Of(Tensor.Normal([rows, columns], new Philox(4), 0, 1, type)).Select(value => value * size)];
            var spectrum = MatrixSpectrum.Of(matrix);
            Assert.Equal(expected.Length, spectrum.Values.Count);
            for (int i = 0; i < expected.Length; i++)
                Assert.Equal(expected[i], spectrum.Values[i], 1e-6 * expected[0]);
            Assert.Equal(expected[0] / expected[^1], spectrum.Condition, 1e-5 * spectrum.Condition);
        }
    }

    [Fact]
    public void Ranks_are_those_of_their_definitions()
    {
        var spectrum = new SingularSpectrum([3, 2, 1]);
        double[] shares = [9.0 / 14, 4.0 / 14, 1.0 / 14];
        Assert.Equal(Math.Exp(-shares.Sum(share => share * Math.Log(share))), spectrum.EffectiveRank, 1e-12);
        Assert.Equal(14.0 / 9, spectrum.StableRank, 1e-12);
        Assert.Equal(Math.Sqrt((4 + 1 + 0) / 3.0), spectrum.DistanceFromIsometry, 1e-12);
        var flat = new SingularSpectrum([1, 1, 1, 1, 1]);
        Assert.Equal((5.0, 5.0, 1.0), (Math.Round(flat.EffectiveRank, 12), flat.StableRank, flat.Condition));
        var zero = new SingularSpectrum([0, 0]);
        Assert.Equal((0.0, 0.0, double.PositiveInfinity), (zero.EffectiveRank, zero.StableRank, zero.Condition));
    }

    [Fact]
    public void A_matrix_of_low_rank_has_an_infinite_condition()
    {
        var thin = Tensor.Normal([20, 3], new Philox(1), type: DataType.Float64);
        var spectrum = MatrixSpectrum.Of(thin.MatMul(thin, transposeB: true));
        Assert.Equal(double.PositiveInfinity, spectrum.Condition);
        Assert.InRange(spectrum.EffectiveRank, 1, 3);
        Assert.All(spectrum.Values.Skip(3), value => Assert.InRange(value, 0, 1e-6 * spectrum.Largest));
    }

    [Fact]
    public void What_the_Gram_matrix_cannot_tell_from_zero_is_zero()
    {
        var spectrum = SingularSpectrum.OfGram([-1e-12, 4e-16, 9e-15, 4]);
        Assert.Equal([2, Math.Sqrt(9e-15), 0, 0], spectrum.Values);
        Assert.Equal(double.PositiveInfinity, spectrum.Condition);
    }

    [Fact]
    public void A_matrix_with_a_NaN_is_refused()
    {
        var matrix = Tensor.Ones([3, 3]);
        matrix.Values<float>()[4] = float.NaN;
        Assert.Contains("NaN", Assert.Throws<NonFiniteException>(() => MatrixSpectrum.Of(matrix)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200, 60)]
    [InlineData(60, 200)]
    [InlineData(50, 50)]
    [InlineData(1, 5)]
    public void The_iteration_finds_both_ends_with_residuals_that_hold(int rows, int columns)
    {
        var matrix = Tensor.Normal([rows, columns], new Philox(6), type: DataType.Float64);
        double[] exact = SingularValues.Of(matrix);
        foreach (int most in (int[])[8, 200])
        {
            var found = GolubKahan.Solve(
                new MatrixOperator(matrix),
                new GolubKahanOptions { MaximumIterations = most, Tolerance = 1e-9 });
            Assert.InRange(exact.Min(value => Math.Abs(value - found.Largest)), 0, found.LargestResidual + (1e-10 * exact[0]));
            Assert.InRange(exact.Min(value => Math.Abs(value - found.Smallest)), 0, found.SmallestResidual + (1e-10 * exact[0]));
            Assert.InRange(found.Largest, 0, exact[0] * (1 + 1e-12));
            Assert.InRange(found.Smallest, exact[^1] - (1e-10 * exact[0]), double.MaxValue);
            Assert.Equal(2 * found.Iterations, found.Products);
            if (most == 200)
            {
                Assert.True(found.LargestConverged && found.SmallestConverged);
                Assert.Equal(exact[0], found.Largest, 1e-8 * exact[0]);
                Assert.Equal(exact[^1], found.Smallest, 1e-7 * exact[0]);
            }
        }
    }

    private static Matrix<double> Symmetric(string kind, int size)
    {
        var generator = new Philox(2);
        var values = new double[size * size];
        generator.FillNormal(values, 0, 1);
        var random = Matrix<double>.Build.Dense(size, size, values);
        return kind switch
        {
            "random" or "tiny" => random + random.Transpose(),
            "diagonal" => Matrix<double>.Build.DenseDiagonal(size, size, i => (i % 5) - 1),
            "rank one" => random.Column(0).OuterProduct(random.Column(0)),
            "clustered" => random.QR().Q * Matrix<double>.Build.DenseDiagonal(size, size, i => i % 2 == 0 ? 1 : 1 + (1e-9 * i)) * random.QR().Q.Transpose(),
            _ => Matrix<double>.Build.Dense(size, size),
        };
    }
}
