using System.Numerics.Tensors;

namespace Kappa.Lab.Tasks.Flow;

/// <summary>How far a set of points lies from a reference, by their shadows on many lines.</summary>
/// <remarks><c>sqrt(mean over directions u of W_2^2(u . a, u . b))</c>; on a line <c>W_2^2</c> is the integral of the squared difference of the quantile
/// functions, here exact for any two sizes: Rabin and others (2011), "Wasserstein barycenter and its application to texture mixing"; Bonneel and others (2015),
/// "Sliced and Radon Wasserstein barycenters of measures". The directions are drawn once, so that all models are seen from the same sides.</remarks>
internal sealed class SlicedWasserstein
{
    private readonly float[][] _directions;
    private readonly float[][] _shadows;

    /// <summary>Draws the directions, uniform on the sphere, and casts the reference's shadows, once.</summary>
    /// <param name="reference">At least one point.</param>
    /// <param name="directions">How many, 1 or more; of points on a line one is all there is.</param>
    /// <param name="generator">Where directions come from; it does not advance.</param>
    public SlicedWasserstein(PointSet reference, int directions, Philox generator)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(directions, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(reference.Count, 1);
        var drawn = PointSet.Normal(directions, reference.Dimension, generator);
        _directions = [.. Enumerable.Range(0, directions).Select(i => Unit(drawn[i]))];
        _shadows = [.. _directions.Select(direction => Shadow(reference, direction))];
    }

    /// <summary>The distance of some points, at least one.</summary>
    public double Of(PointSet points)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(points.Count, 1);
        double sum = 0;
        for (int i = 0; i < _directions.Length; i++)
            sum += SquaredOnLine(Shadow(points, _directions[i]), _shadows[i]);
        return Math.Sqrt(sum / _directions.Length);
    }

    /// <summary>W_2^2 of two sets of numbers, sorted.</summary>
    private static double SquaredOnLine(float[] a, float[] b)
    {
        double sum = 0;
        // Quantiles in units of 1 / (a.Length b.Length), so that no step of either function is missed by rounding.
        long at = 0, end = (long)a.Length * b.Length;
        for (int i = 0, j = 0; at < end;)
        {
            long endOfA = (i + 1L) * b.Length, endOfB = (j + 1L) * a.Length, next = Math.Min(endOfA, endOfB);
            double difference = (double)a[i] - b[j];
            sum += difference * difference * (next - at);
            i += next == endOfA ? 1 : 0;
            j += next == endOfB ? 1 : 0;
            at = next;
        }
        return sum / end;
    }

    private static float[] Unit(ReadOnlySpan<float> direction)
    {
        float[] unit = new float[direction.Length];
        TensorPrimitives.Divide(direction, TensorPrimitives.Norm(direction), unit);
        return unit;
    }

    private static float[] Shadow(PointSet points, float[] direction)
    {
        float[] shadow = new float[points.Count];
        for (int i = 0; i < shadow.Length; i++)
            shadow[i] = TensorPrimitives.Dot(points[i], direction);
        Array.Sort(shadow);
        return shadow;
    }
}
