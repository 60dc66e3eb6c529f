using MathNet.Numerics.LinearAlgebra;

namespace Kappa.Lab.Tasks.Flow;

/// <summary>Mean and covariance.</summary>
/// <param name="Mean"><c>[d]</c>.</param>
/// <param name="Covariance"><c>[d, d]</c>, of samples divided by their number minus one.</param>
internal sealed record GaussianFit(Vector<double> Mean, Matrix<double> Covariance)
{
    /// <summary>Of points, at least two.</summary>
    public static GaussianFit Of(PointSet points)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(points.Count, 2);
        var rows = Matrix<double>.Build.Dense(points.Count, points.Dimension, (row, column) => points[row][column]);
        var mean = rows.ColumnSums() / points.Count;
        for (int row = 0; row < points.Count; row++)
            rows.SetRow(row, rows.Row(row) - mean);
        return new GaussianFit(mean, rows.TransposeThisAndMultiply(rows) / (points.Count - 1));
    }
}
