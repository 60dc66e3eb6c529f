using System.Numerics.Tensors;
using Tensor = Kappa.Tensors.Tensor;

namespace Kappa.Lab.Tasks.Flow;

/// <summary>Points of one dimension, row by row: pictures, samples of a model, features of either.</summary>
/// <param name="Values"><c>[count, dimension]</c>, row-major; not copied.</param>
/// <param name="Dimension">Numbers of a point, 1 or more.</param>
internal sealed record PointSet(float[] Values, int Dimension)
{
    public int Count => Values.Length / Dimension;

    public ReadOnlySpan<float> this[int row] => Values.AsSpan(row * Dimension, Dimension);

    /// <summary>Independent standard normal points; each depends on its number alone.</summary>
    public static PointSet Normal(int count, int dimension, Philox generator)
    {
        float[] values = new float[count * dimension];
        for (int row = 0; row < count; row++)
            generator.Split(row).FillNormal(values.AsSpan(row * dimension, dimension));
        return new PointSet(values, dimension);
    }

    /// <summary>The first points, all where there are fewer.</summary>
    public PointSet First(int count) => count >= Count ? this : new PointSet(Values[..(count * Dimension)], Dimension);

    /// <summary>Each number within the bounds.</summary>
    public PointSet Clamped(float low, float high)
    {
        float[] clamped = new float[Values.Length];
        TensorPrimitives.Clamp(Values, low, high, clamped);
        return new PointSet(clamped, Dimension);
    }

    /// <summary>The points that a condition holds for.</summary>
    public PointSet Where(Func<int, bool> condition)
    {
        int[] kept = [.. Enumerable.Range(0, Count).Where(condition)];
        float[] values = new float[kept.Length * Dimension];
        for (int i = 0; i < kept.Length; i++)
            this[kept[i]].CopyTo(values.AsSpan(i * Dimension));
        return new PointSet(values, Dimension);
    }

    /// <summary>Some rows as a tensor <c>[rows, dimension]</c>.</summary>
    public Tensor ToTensor(int start, int rows) => Tensor.From<float>(Values.AsSpan(start * Dimension, rows * Dimension), [rows, Dimension]);
}
