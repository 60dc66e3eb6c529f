namespace Kappa.Lab.Tasks.CartPole;

/// <summary>A small grey picture of shapes in a plane, edges smoothed: the share of a pixel that a shape covers is its grey. Where shapes overlap the larger
/// share counts. Plain arithmetic, so that every machine draws the same.</summary>
/// <param name="side">Pixels along a side.</param>
/// <param name="extent">Half the length of a side, in m; the middle is the origin, y upwards.</param>
internal sealed class PictureCanvas(int side, double extent)
{
    /// <summary>Pixels along a metre.</summary>
    internal double Scale => side / (2 * extent);

    /// <summary>Draws a box along the axes, covering each pixel by its exact area.</summary>
    /// <param name="pixels">[side, side], top row first; values from 0 to 1.</param>
    /// <param name="left">Its left edge, in m.</param>
    /// <param name="bottom">Its lower edge.</param>
    /// <param name="right">Its right edge.</param>
    /// <param name="top">Its upper edge.</param>
    /// <param name="grey">Its grey, from 0 to 1.</param>
    internal void Box(Span<float> pixels, double left, double bottom, double right, double top, double grey)
    {
        double x0 = ToColumn(left), x1 = ToColumn(right), y0 = ToRow(top), y1 = ToRow(bottom);
        for (int row = First(y0); row < Last(y1); row++)
        {
            double height = Math.Min(row + 1, y1) - Math.Max(row, y0);
            for (int column = First(x0); column < Last(x1); column++)
                Cover(ref pixels[(row * side) + column], height * (Math.Min(column + 1, x1) - Math.Max(column, x0)), grey);
        }
    }

    /// <summary>Draws all points within a distance of a line; a pixel is covered by how far its centre is from the edge.</summary>
    /// <param name="pixels">[side, side], top row first; values from 0 to 1.</param>
    /// <param name="from">One end of the line, in m.</param>
    /// <param name="to">The other.</param>
    /// <param name="radius">The distance, in m; half a pixel or more, or it is drawn paler than it is.</param>
    /// <param name="grey">Its grey, from 0 to 1.</param>
    internal void Capsule(Span<float> pixels, (double X, double Y) from, (double X, double Y) to, double radius, double grey)
    {
        double x0 = ToColumn(from.X), y0 = ToRow(from.Y), x1 = ToColumn(to.X), y1 = ToRow(to.Y), reach = (radius * Scale) + 0.5;
        double alongX = x1 - x0, alongY = y1 - y0, length = (alongX * alongX) + (alongY * alongY);
        for (int row = First(Math.Min(y0, y1) - reach); row < Last(Math.Max(y0, y1) + reach); row++)
        {
            for (int column = First(Math.Min(x0, x1) - reach); column < Last(Math.Max(x0, x1) + reach); column++)
            {
                double x = column + 0.5 - x0, y = row + 0.5 - y0;
                double share = length == 0 ? 0 : Math.Clamp(((x * alongX) + (y * alongY)) / length, 0, 1);
                double offX = x - (share * alongX), offY = y - (share * alongY);
                Cover(ref pixels[(row * side) + column], Math.Clamp(reach - Math.Sqrt((offX * offX) + (offY * offY)), 0, 1), grey);
            }
        }
    }

    private static void Cover(ref float pixel, double share, double grey) => pixel = Math.Max(pixel, (float)(share * grey));

    private double ToColumn(double x) => (x + extent) * Scale;

    private double ToRow(double y) => (extent - y) * Scale;

    private int First(double edge) => Math.Clamp((int)Math.Floor(Math.Clamp(edge, 0, side)), 0, side);

    private int Last(double edge) => Math.Clamp((int)Math.Ceiling(Math.Clamp(edge, 0, side)), 0, side);
}
