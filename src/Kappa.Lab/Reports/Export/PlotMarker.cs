namespace Kappa.Lab.Reports.Export;

/// <summary>The outlines of the marks of points, around the origin.</summary>
internal static class PlotMarker
{
    /// <summary>As the data of a path.</summary>
    /// <param name="symbol">One of <see cref="Palette.Symbols"/>.</param>
    /// <param name="radius">Half of its width, about.</param>
    internal static string Outline(string symbol, double radius) => symbol switch
    {
        "circle" => Say($"M{-radius} 0A{radius} {radius} 0 1 0 {radius} 0A{radius} {radius} 0 1 0 {-radius} 0Z"),
        "square" => Polygon(4, 45, radius * 1.25),
        "diamond" => Polygon(4, 0, radius * 1.3),
        "triangle-up" => Polygon(3, 0, radius * 1.3),
        "triangle-down" => Polygon(3, 180, radius * 1.3),
        "cross" => Cross(0, radius * 1.2),
        "x" => Cross(45, radius * 1.2),
        "star" => Polygon(10, 0, radius * 1.4, radius * 0.55),
        "pentagon" => Polygon(5, 0, radius * 1.15),
        "hexagon" => Polygon(6, 0, radius * 1.15),
        _ => throw new ArgumentOutOfRangeException(nameof(symbol), symbol, $"expected one of {string.Join(", ", Palette.Symbols)}"),
    };

    /// <summary>Corners at equal angles from the top on, at one radius or at two in turn.</summary>
    private static string Polygon(int corners, double turn, params double[] radii) => Path(Enumerable.Range(0, corners)
        .Select(corner => At(turn + 360.0 * corner / corners, radii[corner % radii.Length])));

    /// <summary>Two bars across each other.</summary>
    private static string Cross(double turn, double radius)
    {
        double half = radius * 0.3, length = Math.Sqrt(radius * radius + half * half), angle = Math.Atan2(half, radius) * 180 / Math.PI;
        return Path(Enumerable.Range(0, 4).SelectMany(arm => new[]
        {
            At(turn + 90 * arm - angle, length), At(turn + 90 * arm + angle, length), At(turn + 90 * arm + 45, half * Math.Sqrt(2)),
        }));
    }

    private static (double X, double Y) At(double degrees, double radius)
    {
        double angle = degrees * Math.PI / 180;
        return (radius * Math.Sin(angle), -radius * Math.Cos(angle));
    }

    private static string Path(IEnumerable<(double X, double Y)> corners) =>
        "M" + string.Join('L', corners.Select(corner => Say($"{corner.X:0.##} {corner.Y:0.##}"))) + "Z";

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
