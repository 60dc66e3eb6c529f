namespace Kappa.Lab.Tasks.Flow;

/// <summary>Compares generated points with the checkerboard's density, which is known.</summary>
internal sealed class BoardJudge : FlowJudge
{
    public const int Squares = 4;
    public const double Extent = 4;

    private const int ReferencePoints = 20_000;
    private const int PictureSide = 192;

    private readonly BoardCells _cells;
    private readonly SlicedWasserstein _sliced;

    /// <summary>Draws the points that the sliced Wasserstein distance compares with; the other figures are exact.</summary>
    public BoardJudge(FlowSettings settings, Philox generator)
    {
        _cells = new BoardCells(Squares, Extent, settings.Cells);
        _sliced = new SlicedWasserstein(Points(ReferencePoints, generator.Split("reference")), settings.Directions, generator.Split("directions"));
    }

    public override IReadOnlyList<(string Name, bool LogScale)> Figures { get; } =
        [("total variation", true), ("share on dark squares", false), ("sliced Wasserstein distance", true)];

    /// <summary>Points of the density.</summary>
    public static PointSet Points(int count, Philox generator)
    {
        var all = Checkerboard.Create(count, generator, Squares, Extent).Take([.. Enumerable.Range(0, count)]);
        var points = new PointSet(all.Inputs.ToArray<float>(), 2);
        all.Release();
        return points;
    }

    /// <summary>A dot for each sample, on half as much room again as the board takes.</summary>
    public override GreyPicture Picture(PointSet samples, string title)
    {
        byte[] pixels = new byte[PictureSide * PictureSide];
        for (int i = 0; i < samples.Count; i++)
        {
            double x = (samples[i][0] / (3 * Extent)) + 0.5, y = 0.5 - (samples[i][1] / (3 * Extent));
            if (x is >= 0 and < 1 && y is >= 0 and < 1)
                pixels[((int)(y * PictureSide) * PictureSide) + (int)(x * PictureSide)] = 255;
        }
        return new GreyPicture(title, PictureSide, PictureSide, pixels);
    }

    protected override double[] Measure(PointSet kept, int lost, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var (dark, variation) = _cells.Of(kept, lost);
        return [variation, dark, lost > 0 ? Worst : _sliced.Of(kept)];
    }
}
