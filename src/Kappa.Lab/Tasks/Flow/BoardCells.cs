namespace Kappa.Lab.Tasks.Flow;

/// <summary>How points lie on a checkerboard whose density is known: the share on dark squares, and the total variation over cells.</summary>
/// <remarks>Total variation: <c>1/2 (sum over cells |p - q| + the share off the board)</c>, with q the share of points in a cell and p the cell's probability,
/// which is exact, since a cell lies within one square. 0 is perfect and 1 the worst; of n points of the density itself its expectation is about
/// <c>sqrt(cells with p above 0 / (2 pi n))</c>.</remarks>
/// <param name="squares">Squares along a side of the board, even.</param>
/// <param name="extent">Half a side of the board.</param>
/// <param name="cells">Cells along a side of a square.</param>
internal sealed class BoardCells(int squares, double extent, int cells)
{
    /// <summary>Both figures; points that were lost count as off the board.</summary>
    /// <param name="points">In the plane.</param>
    /// <param name="lost">Further points, which are nowhere.</param>
    public (double ShareOnDark, double TotalVariation) Of(PointSet points, int lost)
    {
        int side = squares * cells, total = points.Count + lost;
        int[] counts = new int[side * side];
        int dark = 0, off = lost;
        for (int i = 0; i < points.Count; i++)
        {
            double x = points[i][0], y = points[i][1];
            int column = (int)Math.Floor((x + extent) / (2 * extent) * side), row = (int)Math.Floor((y + extent) / (2 * extent) * side);
            if (column < 0 || column >= side || row < 0 || row >= side)
            {
                off++;
                continue;
            }
            counts[(row * side) + column]++;
            dark += IsDark(row, column) ? 1 : 0;
        }
        double probability = 2.0 / (side * side), variation = (double)off / total;
        for (int cell = 0; cell < counts.Length; cell++)
            variation += Math.Abs((IsDark(cell / side, cell % side) ? probability : 0) - ((double)counts[cell] / total));
        return ((double)dark / total, variation / 2);
    }

    private bool IsDark(int row, int column) => ((row / cells) + (column / cells)) % 2 == 0;
}
