namespace Kappa.Lab.Data;

/// <summary>Two interleaved half circles with noise: points in the plane with two classes that no line parts.</summary>
/// <remarks>As <c>make_moons</c> of scikit-learn: class 0 is <c>(cos t, sin t)</c>, class 1 is <c>(1 - cos t, 1/2 - sin t)</c>; here t is uniform
/// on [0, pi] rather than evenly spaced. Classes alternate.</remarks>
public static class TwoMoons
{
    /// <summary>Draws points.</summary>
    /// <param name="count">How many, at least 1.</param>
    /// <param name="generator">Where they come from; it advances.</param>
    /// <param name="noise">The standard deviation of the normal noise on each coordinate, at least 0.</param>
    /// <returns>Inputs float32 <c>[2]</c>, targets int32 <c>[]</c>, 0 or 1.</returns>
    public static TensorDataSet Create(int count, Philox generator, double noise = 0.1)
    {
        ArgumentNullException.ThrowIfNull(generator);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (!double.IsFinite(noise) || noise < 0)
            throw new ArgumentOutOfRangeException(nameof(noise), noise, "expected a finite standard deviation of at least 0");
        float[] points = new float[2 * count];
        int[] classes = new int[count];
        for (int i = 0; i < count; i++)
        {
            classes[i] = i % 2;
            var (sine, cosine) = Math.SinCos(Math.PI * generator.NextDouble());
            var (x, y) = classes[i] == 0 ? (cosine, sine) : (1 - cosine, 0.5 - sine);
            points[2 * i] = (float)(x + (noise * generator.NextNormal()));
            points[(2 * i) + 1] = (float)(y + (noise * generator.NextNormal()));
        }
        return new TensorDataSet(Tensor.From(points, [count, 2]), Tensor.From(classes, [count]));
    }
}
