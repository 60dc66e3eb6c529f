namespace Kappa.LinearAlgebra.Arithmetic;

/// <summary>A line through points.</summary>
internal static class LeastSquares
{
    internal static double Slope((double X, double Y)[] points)
    {
        if (points.Length < 2)
            return double.NaN;
        double x = points.Average(point => point.X), y = points.Average(point => point.Y);
        double squares = points.Sum(point => (point.X - x) * (point.X - x));
        return squares > 0 ? points.Sum(point => (point.X - x) * (point.Y - y)) / squares : double.NaN;
    }
}
