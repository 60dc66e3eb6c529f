using Kappa.LinearAlgebra.Operators;
using Kappa.LinearAlgebra.Solvers;
using Kappa.Tensors;

namespace Kappa.Tests.LinearAlgebra.Solvers;

/// <summary>A matrix times a power of two has everything times that: no constant of a solver decides, and nothing overflows or vanishes on the way.</summary>
public sealed class SolverScaleTests
{
    private static readonly double[] Values = [.. Enumerable.Range(0, 60).Select(i => i < 3 ? 4 - (0.5 * i) : Math.Sin(i))];

    /// <summary>By name: what a solver finds, each over the scale.</summary>
    private static readonly Dictionary<string, Func<SymmetricOperator, double, double[]>> Solvers = new()
    {
        ["lanczos"] = (matrix, scale) => Pairs(Lanczos.Solve(matrix, 4), scale),
        ["lanczos of magnitudes"] = (matrix, scale) =>
            Pairs(Lanczos.Solve(matrix, 4, new LanczosOptions { Spectrum = Spectrum.LargestMagnitude, Tolerance = 1e-5 }), scale),
        ["power iteration"] = (matrix, scale) => Pairs(PowerIteration.Solve(matrix, 3), scale),
        ["hutchinson"] = (matrix, scale) =>
        {
            var result = TraceEstimator.Hutchinson(matrix);
            return [result.Trace / scale, result.TraceError / scale, result.SquareTrace / scale / scale, result.SquareTraceError / scale / scale];
        },
        ["hutch++"] = (matrix, scale) =>
        {
            var result = TraceEstimator.HutchPlusPlus(matrix);
            return [result.Trace / scale, result.TraceError / scale];
        },
        ["density"] = (matrix, scale) =>
        {
            var result = SpectralDensity.Estimate(matrix, new DensityOptions { Steps = 20, Points = 50 });
            return [result.Bandwidth / scale, .. result.Grid.Select(x => x / scale), .. result.Density.Select(x => x * scale),
                .. result.Nodes.SelectMany(x => x).Select(x => x / scale)];
        },
    };

    public static TheoryData<string, DataType, double> Cases()
    {
        var cases = new TheoryData<string, DataType, double>();
        foreach (string solver in Solvers.Keys)
        {
            foreach (int exponent in new[] { -100, -60, -30, 30, 60, 100 })
            {
                foreach (var type in new[] { DataType.Float32, DataType.Float64 })
                    cases.Add(solver, type, Math.ScaleB(1, exponent));
            }

            // Beyond float32.
            cases.Add(solver, DataType.Float64, Math.ScaleB(1, -480));
            cases.Add(solver, DataType.Float64, Math.ScaleB(1, 480));
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_a_solver_finds_scales_with_the_matrix(string solver, DataType type, double scale)
    {
        using var unit = new KnownMatrix(Values, type);
        using var scaled = new KnownMatrix([.. Values.Select(value => value * scale)], type);
        double[] expected = Solvers[solver](unit.Operator, 1), actual = Solvers[solver](scaled.Operator, scale);
        Assert.Equal(expected.Length, actual.Length);
        double tolerance = type == DataType.Float32 ? 2e-5 : 1e-11;
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], tolerance * Math.Max(1, Math.Abs(expected[i])));
    }

    [Theory]
    [InlineData(1e-30)]
    [InlineData(1)]
    [InlineData(1e30)]
    public void The_density_of_a_matrix_with_one_eigenvalue_is_as_wide_as_one_percent_of_it(double value)
    {
        foreach (var type in new[] { DataType.Float32, DataType.Float64 })
        {
            var result = SpectralDensity.Estimate(new DelegateOperator(30, type, vectors => vectors * value));
            Assert.Equal(0.01, result.Bandwidth / value, 1e-6);
            double step = result.Grid[1] - result.Grid[0];
            Assert.Equal(1, result.Density.Sum() * step, 1e-3);
            Assert.Equal(value, result.Expectation(x => x).Mean, 1e-5 * value);
        }

        var zero = SpectralDensity.Estimate(new DelegateOperator(30, DataType.Float32, vectors => vectors * 0));
        Assert.Equal(0.01, zero.Bandwidth);
        Assert.Equal(1, zero.Density.Sum() * (zero.Grid[1] - zero.Grid[0]), 1e-3);
    }

    [Theory]
    [InlineData(DataType.Float32, 1e-30)]
    [InlineData(DataType.Float32, 1e30)]
    [InlineData(DataType.Float64, 1e-200)]
    [InlineData(DataType.Float64, 1e200)]
    public void A_matrix_of_any_size_is_checked_for_symmetry_and_repeatability(DataType type, double scale)
    {
        using var dense = Tensor.Normal([20, 20], new Kappa.Randomness.Philox(1), type: type) * scale;
        Assert.Contains("not symmetric",
            Assert.Throws<InvalidOperatorException>(() => new DelegateOperator(20, type, vectors => vectors.MatMul(dense))).Message, StringComparison.Ordinal);
        int calls = 0;
        Assert.Contains(
            "differ by", Assert.Throws<InvalidOperatorException>(() =>
            new DelegateOperator(20, type, vectors => vectors * (scale * (1 + (0.01 * calls++))))).Message, StringComparison.Ordinal);
        _ = new DelegateOperator(20, type, vectors => vectors.MatMul((dense + dense.Transpose()).Detach()));
    }

    [Theory]
    [InlineData(1e-50)]
    [InlineData(1e-40)]
    [InlineData(1e45)]
    public void A_factor_that_the_type_does_not_hold_still_scales(double factor)
    {
        double inner = 1 / Math.Sqrt(factor);
        var matrix = new ScaledOperator(new DelegateOperator(8, DataType.Float32, vectors => vectors * inner), factor);
        var product = matrix.MatVec(Tensor.Ones([8]));
        Assert.All(product.ToArray<float>(), value => Assert.Equal(1, value / (inner * factor), 1e-5));
    }

    private static double[] Pairs(EigenResult result, double scale)
    {
        using (result)
        {
            return [result.ConvergedCount, result.Products, .. result.Eigenvalues.Select(value => value / scale),
                .. result.Residuals.Select(value => value / scale)];
        }
    }
}
