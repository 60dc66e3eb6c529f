using Kappa.LinearAlgebra.Operators;
using Kappa.LinearAlgebra.Solvers;
using Kappa.Tensors;

namespace Kappa.Tests.LinearAlgebra.Solvers;

/// <summary>Eigenpairs of matrices with a known spectrum.</summary>
public sealed class LanczosTests
{
    [Theory]
    [InlineData(Spectrum.LargestAlgebraic)]
    [InlineData(Spectrum.SmallestAlgebraic)]
    [InlineData(Spectrum.LargestMagnitude)]
    public void A_clustered_spectrum_is_found_to_1e_8_with_multiplicities_and_without_ghosts(Spectrum spectrum)
    {
        double[] values = [.. Enumerable.Range(0, 300).Select(i => i < 3 ? 10 : i < 8 ? 9.999 + (1e-4 * i) : i < 12 ? -12.5 : 3 * Math.Cos(i))];
        using var matrix = new KnownMatrix(values);
        var result = Lanczos.Solve(matrix.Operator, 14, new LanczosOptions { Spectrum = spectrum, Tolerance = 1e-9, MaxProducts = 5000 });
        double[] expected = [.. (spectrum switch
        {
            Spectrum.LargestAlgebraic => values.OrderByDescending(value => value),
            Spectrum.SmallestAlgebraic => values.Order(),
            _ => values.OrderByDescending(Math.Abs),
        }).Take(14)];
        Assert.True(result.Converged);
        Assert.True(result.Verified);
        for (int i = 0; i < 14; i++)
        {
            Assert.Equal(expected[i], result.Eigenvalues[i], 1e-8);
            Assert.InRange(result.Residuals[i], 0, 1e-8 * Math.Max(1, Math.Abs(expected[i])));
        }

        double[] measured = EigenResiduals.Measure(matrix.Operator, result.Eigenvectors, result.Eigenvalues);
        Assert.All(measured, residual => Assert.InRange(residual, 0, 2e-8 * 12.5));
        AssertOrthonormal(result.Eigenvectors, 1e-10);
    }

    [Fact]
    public void An_eigenvalue_that_comes_more_often_than_the_block_is_wide_is_found_as_often_as_it_comes()
    {
        double[] values = [.. Enumerable.Range(0, 200).Select(i => i < 7 ? 5 : i / 200.0)];
        using var matrix = new KnownMatrix(values);
        var result = Lanczos.Solve(matrix.Operator, 9, new LanczosOptions { BlockSize = 2, Tolerance = 1e-8, MaxProducts = 5000 });
        Assert.True(result.Converged && result.Verified);
        Assert.Equal(7, result.Eigenvalues.Count(value => Math.Abs(value - 5) < 1e-7));
        var trusting = Lanczos.Solve(
            matrix.Operator, 9, new LanczosOptions { BlockSize = 2, Tolerance = 1e-8, MaxProducts = 5000, VerifyMultiplicities = false });
        Assert.False(trusting.Verified);
        Assert.True(trusting.Products < result.Products);
    }

    [Theory]
    [InlineData(1, 12)]
    [InlineData(5, 12)]
    [InlineData(12, 12)]
    [InlineData(12, 40)]
    public void Few_dimensions_are_exhausted_exactly(int count, int blockSize)
    {
        double[] values = [.. Enumerable.Range(0, 12).Select(i => (double)(i % 4))];
        using var matrix = new KnownMatrix(values);
        var result = Lanczos.Solve(matrix.Operator, count, new LanczosOptions { BlockSize = blockSize, Tolerance = 1e-10 });
        Assert.True(result.Converged);
        double[] expected = [.. values.OrderDescending().Take(count)];
        for (int i = 0; i < count; i++)
            Assert.Equal(expected[i], result.Eigenvalues[i], 1e-10);
    }

    [Fact]
    public void The_zero_matrix_and_the_identity_are_no_trouble()
    {
        var zero = Lanczos.Solve(new DelegateOperator(50, DataType.Float64, vectors => vectors * 0), 3);
        Assert.Equal([0, 0, 0], zero.Eigenvalues);
        var identity = Lanczos.Solve(new DelegateOperator(50, DataType.Float32, vectors => vectors * 1), 6);
        Assert.All(identity.Eigenvalues, value => Assert.Equal(1, value, 1e-5));
        Assert.True(identity.Converged);
    }

    [Fact]
    public void A_run_that_restarts_often_finds_what_one_long_run_does()
    {
        double[] values = [.. Enumerable.Range(0, 400).Select(i => 100 / (1.0 + i))];
        using var matrix = new KnownMatrix(values);
        var few = Lanczos.Solve(matrix.Operator, 8, new LanczosOptions { BasisSize = 24, Tolerance = 1e-9, MaxProducts = 10_000 });
        var many = Lanczos.Solve(matrix.Operator, 8, new LanczosOptions { BasisSize = 200, Tolerance = 1e-9, MaxProducts = 10_000 });
        Assert.True(few.Restarts > 2);
        for (int i = 0; i < 8; i++)
        {
            Assert.Equal(values[i], few.Eigenvalues[i], 1e-8);
            Assert.Equal(values[i], many.Eigenvalues[i], 1e-8);
        }
    }

    [Fact]
    public void Too_few_products_are_said_with_residuals_that_are_true()
    {
        using var matrix = new KnownMatrix([.. Enumerable.Range(0, 500).Select(i => Math.Sqrt(i))]);
        var result = Lanczos.Solve(matrix.Operator, 10, new LanczosOptions { MaxProducts = 24, Tolerance = 1e-6 });
        Assert.False(result.Converged);
        Assert.InRange(result.Products, 20, 24);
        Assert.Equal(10, result.Residuals.Count);
        Assert.Contains(result.Residuals, residual => residual > 1e-2);
        double[] measured = EigenResiduals.Measure(matrix.Operator, result.Eigenvectors, result.Eigenvalues);
        for (int i = 0; i < 10; i++)
            Assert.Equal(measured[i], result.Residuals[i], 1e-9);
        var starved = Lanczos.Solve(matrix.Operator, 10, new LanczosOptions { MaxProducts = 2 });
        Assert.False(starved.Converged);
        Assert.Equal(2, starved.Eigenvalues.Count);
    }

    [Fact]
    public void The_residuals_after_verification_bound_the_true_ones()
    {
        using var matrix = new KnownMatrix([.. Enumerable.Range(0, 300).Select(i => 10 * Math.Exp(-0.05 * i))]);
        var result = Lanczos.Solve(matrix.Operator, 10, new LanczosOptions { Tolerance = 1e-3, MaxProducts = 2000 });
        Assert.True(result.Converged && result.Verified);
        double[] measured = EigenResiduals.Measure(matrix.Operator, result.Eigenvectors, result.Eigenvalues);
        for (int i = 0; i < 10; i++)
            Assert.InRange(measured[i], 0, (1.05 * result.Residuals[i]) + 1e-9);
    }

    [Fact]
    public void The_same_seed_gives_the_same_bits_and_another_the_same_values()
    {
        using var matrix = new KnownMatrix([.. Enumerable.Range(0, 100).Select(i => i * 0.1)]);
        var one = Lanczos.Solve(matrix.Operator, 4, new LanczosOptions { Tolerance = 1e-8 });
        var again = Lanczos.Solve(matrix.Operator, 4, new LanczosOptions { Tolerance = 1e-8 });
        var other = Lanczos.Solve(matrix.Operator, 4, new LanczosOptions { Tolerance = 1e-8, Seed = 7 });
        Assert.Equal(one.Eigenvectors.ToArray<double>(), again.Eigenvectors.ToArray<double>());
        for (int i = 0; i < 4; i++)
            Assert.Equal(one.Eigenvalues[i], other.Eigenvalues[i], 1e-7);
    }

    [Fact]
    public void Float32_reaches_the_tolerance_of_its_arithmetic()
    {
        using var matrix = new KnownMatrix([.. Enumerable.Range(0, 300).Select(i => 50 / (1.0 + i))], DataType.Float32);
        var result = Lanczos.Solve(matrix.Operator, 10, new LanczosOptions { Tolerance = 1e-4 });
        Assert.True(result.Converged);
        for (int i = 0; i < 10; i++)
            Assert.Equal(50 / (1.0 + i), result.Eigenvalues[i], 2e-4 * 50);
        AssertOrthonormal(result.Eigenvectors, 1e-5);
    }

    [Fact]
    public void Power_iteration_finds_a_well_separated_top_and_reports_how_loosely()
    {
        using var matrix = new KnownMatrix([.. Enumerable.Range(0, 60).Select(i => (i % 2 == 0 ? 1 : -1) * Math.Pow(0.5, i))]);
        var result = PowerIteration.Solve(matrix.Operator, 4, new PowerIterationOptions { Iterations = 200, Tolerance = 1e-12 });
        double[] expected = [1, -0.5, 0.25, -0.125];
        for (int i = 0; i < 4; i++)
        {
            Assert.Equal(expected[i], result.Eigenvalues[i], 1e-5);
            Assert.InRange(result.Residuals[i], 0, 1e-4);
        }

        Assert.True(result.Converged);
        var rushed = PowerIteration.Solve(matrix.Operator, 4, new PowerIterationOptions { Iterations = 2 });
        Assert.False(rushed.Converged);
        Assert.Equal(8, rushed.Products);
        Assert.Contains(rushed.Residuals, residual => residual > 0.05);
    }

    [Fact]
    public void More_pairs_than_dimensions_and_bad_settings_are_refused()
    {
        using var matrix = new KnownMatrix([1, 2, 3]);
        Assert.Contains("has 1 to 3 eigenpairs; 4 were asked for", Assert.Throws<ArgumentOutOfRangeException>(() => Lanczos.Solve(matrix.Operator, 4)).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "LanczosOptions.Tolerance",
            Assert.Throws<ArgumentOutOfRangeException>(() => Lanczos.Solve(matrix.Operator, 1, new LanczosOptions { Tolerance = 0 })).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "PowerIterationOptions.Iterations",
            Assert.Throws<ArgumentOutOfRangeException>(() => PowerIteration.Solve(matrix.Operator, 1, new PowerIterationOptions { Iterations = 0 })).Message,
            StringComparison.Ordinal);
    }

    private static void AssertOrthonormal(Tensor rows, double tolerance)
    {
        var gram = rows.MatMul(rows, transposeB: true).To(DataType.Float64);
        for (int i = 0; i < gram.Count; i++)
            Assert.Equal(i / gram.Shape[0] == i % gram.Shape[0] ? 1 : 0, gram.Values<double>()[i], tolerance);
    }
}
