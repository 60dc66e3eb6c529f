using System.Numerics.Tensors;

namespace Kappa.Lab.Tasks.Flow;

/// <summary>Precision: the share of samples that lie within the reference's support; recall: the share of the reference that lies within the
/// samples'.</summary>
/// <remarks>The support of a set is estimated by a ball around each of its points that reaches to its k-th nearest neighbour in the set: Kynkaanniemi and
/// others (2019), "Improved precision and recall metric for assessing generative models", arXiv 1904.06991, equations 1 and 2. Sets of one size are compared.
/// Distances of all pairs: <c>2 n^2 d</c> flops, for each set and between the two.</remarks>
internal sealed class PrecisionRecall
{
    private readonly PointSet _reference;
    private readonly int _neighbours;
    private readonly float[] _radii;

    /// <summary>Measures the reference, once.</summary>
    /// <param name="reference">More points than neighbours.</param>
    /// <param name="neighbours">k, 1 or more.</param>
    public PrecisionRecall(PointSet reference, int neighbours)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(neighbours, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(reference.Count, neighbours);
        (_reference, _neighbours) = (reference, neighbours);
        _radii = Radii(reference);
    }

    /// <summary>Both shares for some samples; no more of them than neighbours have no support, and a recall of 0.</summary>
    public (double Precision, double Recall) Of(PointSet samples)
    {
        if (samples.Count == 0)
            return (0, 0);
        bool hasSupport = samples.Count > _neighbours;
        float[] radii = hasSupport ? Radii(samples) : [];
        bool[] isCovered = new bool[_reference.Count];
        int inside = 0;
        for (int sample = 0; sample < samples.Count; sample++)
        {
            bool isInside = false;
            for (int real = 0; real < _reference.Count; real++)
            {
                float distance = TensorPrimitives.Distance(samples[sample], _reference[real]);
                isInside |= distance <= _radii[real];
                isCovered[real] |= hasSupport && distance <= radii[sample];
            }
            inside += isInside ? 1 : 0;
        }
        return ((double)inside / samples.Count, (double)isCovered.Count(covered => covered) / _reference.Count);
    }

    /// <summary>From each point to its k-th nearest neighbour.</summary>
    private float[] Radii(PointSet points)
    {
        float[] radii = new float[points.Count], distances = new float[points.Count];
        for (int point = 0; point < points.Count; point++)
        {
            for (int other = 0; other < points.Count; other++)
                distances[other] = other == point ? float.NegativeInfinity : TensorPrimitives.Distance(points[point], points[other]);
            Array.Sort(distances);
            radii[point] = distances[_neighbours];
        }
        return radii;
    }
}
