namespace Kappa.Lab.Data;

/// <summary>Points uniform over the dark squares of a checkerboard: a density in the plane with sharp edges, for generative models.</summary>
/// <remarks>The board is <c>[-extent, extent)</c> on both axes; the dark squares are those whose row and column sum to an even number.</remarks>
public static class Checkerboard
{
    /// <summary>Draws points.</summary>
    /// <param name="count">How many, at least 1.</param>
    /// <param name="generator">Where they come from; it advances.</param>
    /// <param name="squares">Squares along a side, even, at least 2.</param>
    /// <param name="extent">Half the length of a side.</param>
    /// <returns>Inputs float32 <c>[2]</c>, the point; targets int32 <c>[]</c>, which of the <c>squares^2 / 2</c> dark squares it is in, row by row.</returns>
    public static TensorDataSet Create(int count, Philox generator, int squares = 4, double extent = 2)
    {
        ArgumentNullException.ThrowIfNull(generator);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        Check(squares, extent);
        float[] points = new float[2 * count];
        int[] dark = new int[count];
        double side = 2 * extent / squares;
        for (int i = 0; i < count; i++)
        {
            dark[i] = generator.NextInt32(squares * squares / 2);
            int row = dark[i] / (squares / 2), column = (2 * (dark[i] % (squares / 2))) + (row % 2);
            points[2 * i] = (float)(-extent + (side * (column + generator.NextDouble())));
            points[(2 * i) + 1] = (float)(-extent + (side * (row + generator.NextDouble())));
        }
        return new TensorDataSet(Tensor.From(points, [count, 2]), Tensor.From(dark, [count]));
    }

    /// <summary>The density at a point: <c>1 / (2 extent^2)</c> on dark squares, 0 elsewhere.</summary>
    /// <param name="x">First coordinate.</param>
    /// <param name="y">Second coordinate.</param>
    /// <param name="squares">Squares along a side, even, at least 2.</param>
    /// <param name="extent">Half the length of a side.</param>
    public static double Density(double x, double y, int squares = 4, double extent = 2)
    {
        Check(squares, extent);
        if (!(x >= -extent && x < extent && y >= -extent && y < extent))
            return 0;
        double side = 2 * extent / squares;
        long sum = (long)Math.Floor((x + extent) / side) + (long)Math.Floor((y + extent) / side);
        return sum % 2 == 0 ? 1 / (2 * extent * extent) : 0;
    }

    private static void Check(int squares, double extent)
    {
        if (squares < 2 || squares % 2 != 0)
            throw new ArgumentOutOfRangeException(nameof(squares), squares, "expected an even number of squares along a side, at least 2");
        if (!double.IsFinite(extent) || extent <= 0)
            throw new ArgumentOutOfRangeException(nameof(extent), extent, "expected a finite length above 0");
    }
}
