using Kappa.Optimizers;
using Kappa.Randomness;
using Kappa.Tensors;
using MathNet.Numerics.LinearAlgebra;

namespace Kappa.Tests.Optimizers;

public sealed class PolarExpressTests
{
    [Fact]
    public void The_coefficients_are_the_best_quintics_for_the_intervals_that_the_rounds_before_leave()
    {
        // Algorithm 2 of the paper, with its lower bound and its cushion against slow convergence on a wide interval.
        const double Cushion = 0.02407327424182761;
        double lower = 1e-3;
        double upper = 1;
        for (int round = 0; round < 8; round++)
        {
            var (a, b, c) = BestQuintic(Math.Max(lower, Cushion * upper), upper);
            double At(double x) => (a * x) + (b * x * x * x) + (c * Math.Pow(x, 5));
            // Scaled so that the images of both ends lie about 1.
            double scale = 2 / (At(lower) + At(upper));
            double safety = round < 7 ? PolarExpress.Safety : 1;
            var actual = PolarExpress.Coefficients(round);
            Assert.Equal(scale * a, actual.A * safety, 1e-5);
            Assert.Equal(scale * b, actual.B * Math.Pow(safety, 3), 1e-5);
            Assert.Equal(scale * c, actual.C * Math.Pow(safety, 5), 1e-5);
            lower = scale * At(lower);
            upper = 2 - lower;
        }

        Assert.Equal(PolarExpress.Coefficients(7), PolarExpress.Coefficients(40));
    }

    // The table of docs/concepts/orthogonalization.md.
    [Theory]
    [InlineData("log", 3, 0.982, 0.622, 0.943, 0.635)]
    [InlineData("log", 5, 0.786, 0.312, 0.583, 0.168)]
    [InlineData("log", 6, 0.318, 0.196, 0.304, 0.059)]
    [InlineData("log", 7, 0.318, 0.196, 0.058, 0.0088)]
    [InlineData("log", 8, 0.318, 0.208, 4.8e-4, 6.1e-5)]
    [InlineData("log", 10, 0.318, 0.214, 0, 0)]
    [InlineData("square", 3, 0.988, 0.293, 0.962, 0.547)]
    [InlineData("square", 5, 0.857, 0.234, 0.717, 0.124)]
    [InlineData("square", 6, 0.521, 0.201, 0.498, 0.062)]
    [InlineData("square", 7, 0.318, 0.225, 0.210, 0.026)]
    [InlineData("square", 8, 0.318, 0.195, 0.020, 0.0025)]
    [InlineData("square", 10, 0.318, 0.203, 0, 0)]
    [InlineData("wide", 3, 0.318, 0.206, 0.862, 0.525)]
    [InlineData("wide", 5, 0.318, 0.217, 0.129, 0.087)]
    [InlineData("wide", 6, 0.318, 0.193, 0.0025, 0.00115)]
    [InlineData("wide", 7, 0.318, 0.233, 4.7e-6, 2.9e-6)]
    [InlineData("wide", 8, 0.318, 0.192, 0, 0)]
    [InlineData("wide", 10, 0.318, 0.201, 0, 0)]
    public void The_distance_to_the_polar_factor_of_the_SVD_is_as_documented(
        string kind, int steps, double jordanLargest, double jordanRms, double largest, double rms)
    {
        var jordan = Deviation(kind, steps, Orthogonalization.NewtonSchulz);
        var polar = Deviation(kind, steps, Orthogonalization.PolarExpress);
        AssertRounded(jordanLargest, jordan.Largest);
        AssertRounded(jordanRms, jordan.Rms);
        AssertRounded(largest, polar.Largest);
        AssertRounded(rms, polar.Rms);
        // The same singular vectors as the SVD's: what is left is the singular values' distance alone.
        Assert.Equal(polar.Largest, polar.Norm, 1e-10);
        Assert.Equal(jordan.Largest, jordan.Norm, 1e-10);
        Assert.Equal(polar.Norm, Deviation(kind, steps, Orthogonalization.PolarExpress, DataType.Float32).Norm, 2e-5);
    }

    private static void AssertRounded(double documented, double actual)
    {
        if (documented == 0)
            Assert.InRange(actual, 0, 1e-13);
        else
            Assert.InRange(actual, documented * 0.97, documented * 1.03);
    }

    /// <summary>The largest and the root mean square distance from 1 of the singular values, in the basis of the polar factor that the SVD gives.</summary>
    private static (double Largest, double Rms, double Norm) Deviation(string kind, int steps, Orthogonalization method, DataType type = DataType.Float64)
    {
        var before = Make(kind);
        var svd = before.Svd();
        int rank = Math.Min(before.RowCount, before.ColumnCount);
        var polar = svd.U.SubMatrix(0, before.RowCount, 0, rank) * svd.VT.SubMatrix(0, rank, 0, before.ColumnCount);
        using var scope = TensorScope.Begin();
        var matrix = Tensor.From([.. before.ToRowMajorArray()], [before.RowCount, before.ColumnCount]).To(type);
        double[] values = NewtonSchulz.Orthogonalize(matrix, steps, method).To(DataType.Float64).ToArray<double>();
        var after = Matrix<double>.Build.DenseOfRowMajor(before.RowCount, before.ColumnCount, values);
        var singular = after.Svd(computeVectors: false).S;
        return (singular.Max(s => Math.Abs(s - 1)), Math.Sqrt(singular.Average(s => (s - 1) * (s - 1))), (after - polar).L2Norm());
    }

    /// <summary>A matrix whose singular values go from 1 to 1/1000 of its Frobenius norm in equal ratios, or one of normal numbers.</summary>
    private static Matrix<double> Make(string kind)
    {
        using var scope = TensorScope.Begin();
        int columns = kind == "wide" ? 256 : 64;
        double[] normal = Tensor.Normal([64, columns], new Philox(3), type: DataType.Float64).ToArray<double>();
        var matrix = Matrix<double>.Build.DenseOfRowMajor(64, columns, normal);
        if (kind != "log")
            return matrix;
        var svd = matrix.Svd();
        return svd.U * Matrix<double>.Build.DenseOfDiagonalVector(Vector<double>.Build.Dense(64, i => Math.Pow(10, -3.0 * i / 63))) * svd.VT;
    }

    /// <summary>The odd quintic with the least largest distance from 1 on an interval, by Remez' exchange: its error alternates between four points.</summary>
    private static (double A, double B, double C) BestQuintic(double lower, double upper)
    {
        if (lower / upper >= 1 - 5e-6)
            return (15 / 8.0 / upper, -10 / 8.0 / Math.Pow(upper, 3), 3 / 8.0 / Math.Pow(upper, 5));
        double q = ((3 * lower) + upper) / 4;
        double r = (lower + (3 * upper)) / 4;
        double error = double.PositiveInfinity;
        while (true)
        {
            double[] points = [lower, q, r, upper];
            var system = Matrix<double>.Build.Dense(4, 4, (i, j) => j == 3 ? (i % 2 == 0 ? 1 : -1) : Math.Pow(points[i], (2 * j) + 1));
            var solution = system.Solve(Vector<double>.Build.Dense(4, 1));
            double previous = error;
            (double a, double b, double c) = (solution[0], solution[1], solution[2]);
            error = solution[3];
            if (Math.Abs(error - previous) <= 1e-14)
                return (a, b, c);
            double root = Math.Sqrt((9 * b * b) - (20 * a * c));
            q = Math.Sqrt(((-3 * b) - root) / (10 * c));
            r = Math.Sqrt(((-3 * b) + root) / (10 * c));
        }
    }
}
