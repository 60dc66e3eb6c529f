using System.Globalization;
using Kappa.Optimizers;
using Kappa.Randomness;
using Kappa.Tensors;
using Kappa.Tests.Shared;
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

    /// <summary>The rows of the table of docs/concepts/orthogonalization.md: the matrix, the rounds, and what each of the two methods leaves.</summary>
    public static TheoryData<string, int, string, string> Documented()
    {
        var rows = new TheoryData<string, int, string, string>();
        string kind = "";
        foreach (string line in File.ReadLines(Path.Combine(SourceFolders.Repository(), "docs/concepts/orthogonalization.md")))
        {
            string[] cells = [.. line.Split('|').Select(cell => cell.Trim())];
            if (cells.Length != 6 || !int.TryParse(cells[2], out int rounds))
                continue;
            kind = cells[1].Length > 0 ? cells[1] : kind;
            rows.Add(kind, rounds, cells[3], cells[4]);
        }
        return rows;
    }

    [Theory]
    [MemberData(nameof(Documented))]
    public void The_distance_to_the_polar_factor_of_the_SVD_is_as_documented(string kind, int rounds, string newtonSchulz, string polarExpress)
    {
        var jordan = Deviation(kind, rounds, Orthogonalization.NewtonSchulz);
        var polar = Deviation(kind, rounds, Orthogonalization.PolarExpress);
        AssertDocumented(newtonSchulz, jordan);
        AssertDocumented(polarExpress, polar);
        // The same singular vectors as the SVD's: what is left is the singular values' distance alone.
        Assert.Equal(polar.Largest, polar.Norm, 1e-10);
        Assert.Equal(jordan.Largest, jordan.Norm, 1e-10);
        Assert.Equal(polar.Norm, Deviation(kind, rounds, Orthogonalization.PolarExpress, DataType.Float32).Norm, 2e-5);
    }

    /// <summary>Holds largest / root mean square, or a bound of both, to what was found.</summary>
    private static void AssertDocumented(string documented, (double Largest, double Rms, double Norm) found)
    {
        const string Bound = "below ";
        if (documented.StartsWith(Bound, StringComparison.Ordinal))
        {
            Assert.InRange(found.Largest, 0, double.Parse(documented[Bound.Length..], CultureInfo.InvariantCulture));
            return;
        }
        string[] parts = documented.Split(" / ");
        Assert.Equal([parts[0], parts[1]], [Rounded(found.Largest, parts[0]), Rounded(found.Rms, parts[1])]);
    }

    /// <summary>A number with the digits of another.</summary>
    private static string Rounded(double value, string like) => like.Contains('e', StringComparison.Ordinal)
        ? value.ToString("0.0e-0", CultureInfo.InvariantCulture)
        : value.ToString($"F{like.Length - like.IndexOf('.', StringComparison.Ordinal) - 1}", CultureInfo.InvariantCulture);

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
        int columns = kind.StartsWith("64 x 256", StringComparison.Ordinal) ? 256 : 64;
        double[] normal = Tensor.Normal([64, columns], new Philox(3), type: DataType.Float64).ToArray<double>();
        var matrix = Matrix<double>.Build.DenseOfRowMajor(64, columns, normal);
        if (!kind.Contains("in equal ratios", StringComparison.Ordinal))
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
