using MathNet.Numerics.LinearAlgebra;

namespace Kappa.Lab.Tests.Tasks.Control;

public sealed class RegulatorTests
{
    [Theory]
    [InlineData(0.5, 1, 1, 1)]
    [InlineData(1.0, 0.3, 2, 0.1)]
    [InlineData(1.7, 0.2, 0.01, 5)]
    [InlineData(-1.2, 1, 1e-3, 1)]
    public void The_scalar_case_has_its_closed_form(double a, double b, double q, double r)
    {
        var solution = Riccati.Solve(Scalar(a), Scalar(b), Scalar(q), Scalar(r))!;

        // b^2 p^2 + (r - a^2 r - q b^2) p - q r = 0, positive root.
        double linear = r - (a * a * r) - (q * b * b);
        double expected = (-linear + Math.Sqrt((linear * linear) + (4 * b * b * q * r))) / (2 * b * b);
        Assert.Equal(1, solution[0, 0] / expected, 1e-12);
        Assert.Equal(a * b * expected / (r + (b * b * expected)), Riccati.Gain(Scalar(a), Scalar(b), Scalar(r), solution)[0, 0], 1e-12);
    }

    [Fact]
    public void A_system_equals_its_value_iteration_and_is_stabilised()
    {
        var random = new Philox(5).Split("riccati");
        Matrix<double> a = Random(6, 6) * 0.7, b = Random(6, 2), root = Random(6, 6), r = Matrix<double>.Build.DenseIdentity(2) * 0.5;
        var q = root.TransposeThisAndMultiply(root);
        var p = Riccati.Solve(a, b, q, r)!;

        var iterated = q;
        for (int i = 0; i < 2000; i++)
        {
            var k = (r + (b.Transpose() * iterated * b)).Inverse() * b.Transpose() * iterated * a;
            iterated = q + (a.Transpose() * iterated * (a - (b * k)));
        }
        Assert.True(a.Evd().EigenValues.Max(e => e.Magnitude) > 1, "the case should be unstable without control");
        Assert.True((p - iterated).FrobeniusNorm() < 1e-9 * p.FrobeniusNorm());
        Assert.True(Residual(a, b, q, r, p) < 1e-11);
        Assert.True((a - (b * Riccati.Gain(a, b, r, p))).Evd().EigenValues.Max(e => e.Magnitude) < 1);

        Matrix<double> Random(int rows, int columns)
        {
            double[] values = new double[rows * columns];
            random.FillNormal(values);
            return Matrix<double>.Build.DenseOfRowMajor(rows, columns, values);
        }
    }

    [Fact]
    public void An_unstable_direction_that_no_control_reaches_has_no_solution()
    {
        var a = Matrix<double>.Build.DiagonalOfDiagonalArray([1.5, 0.5]).PointwiseMultiply(Matrix<double>.Build.Dense(2, 2, 1));
        var b = Matrix<double>.Build.DenseOfRowMajor(2, 1, [0, 1]);
        var identity = Matrix<double>.Build.DenseIdentity(2);
        Assert.Null(Riccati.Solve(a, b, identity, Scalar(1)));
    }

    /// <summary>Relative Frobenius norm of what P misses the equation by.</summary>
    internal static double Residual(Matrix<double> a, Matrix<double> b, Matrix<double> q, Matrix<double> r, Matrix<double> p)
    {
        var next = a.TransposeThisAndMultiply(p);
        var right = q + (next * a) - (next * b * Riccati.Gain(a, b, r, p));
        return (right - p).FrobeniusNorm() / p.FrobeniusNorm();
    }

    private static Matrix<double> Scalar(double value) => Matrix<double>.Build.Dense(1, 1, value);
}
