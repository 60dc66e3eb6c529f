using System.Runtime.CompilerServices;

namespace Kappa.Tensors;

/// <summary>The lengths of a tensor's axes, outermost first. A value type: making one allocates nothing.</summary>
/// <remarks>Write one as <c>new Shape(128, 784)</c> or, where a shape is expected, <c>[128, 784]</c>.</remarks>
[CollectionBuilder(typeof(Shape), nameof(Create))]
public readonly struct Shape : IEquatable<Shape>
{
    /// <summary>The most axes a tensor can have, that of a batch of tangents included.</summary>
    public const int MaxRank = 8;

    private readonly Lengths _lengths;
    private readonly int _count;

    /// <summary>Makes a shape from its axis lengths.</summary>
    /// <param name="lengths">At most <see cref="MaxRank"/> lengths, each zero or more; none makes the shape of a scalar.</param>
    /// <exception cref="TensorShapeException">There are too many axes, one is negative, or the product exceeds <see cref="int.MaxValue"/>.</exception>
    public Shape(params ReadOnlySpan<int> lengths)
    {
        if (lengths.Length > MaxRank)
            throw new TensorShapeException($"a shape has at most {MaxRank} axes; got {lengths.Length}");
        long count = lengths.Contains(0) ? 0 : 1;
        for (int axis = 0; axis < lengths.Length; axis++)
        {
            if (lengths[axis] < 0)
                throw new TensorShapeException($"the length of axis {axis} is {lengths[axis]}; lengths are zero or more");
            _lengths[axis] = lengths[axis];
            count *= lengths[axis];
            if (count > int.MaxValue)
                throw new TensorShapeException($"a tensor holds at most {int.MaxValue} elements; the shape [{string.Join(", ", lengths.ToArray())}] has more");
        }

        Rank = lengths.Length;
        _count = (int)count;
    }

    /// <summary>The shape of a single number: no axes, one element.</summary>
    public static Shape Scalar => new([]);

    /// <summary>The number of axes.</summary>
    public int Rank { get; }

    /// <summary>The number of elements: the product of the lengths.</summary>
    public int Count => Rank == 0 ? 1 : _count;

    /// <summary>The length of one axis.</summary>
    /// <param name="axis">From 0, the outermost; or from -1, the innermost, backwards.</param>
    /// <exception cref="TensorShapeException">There is no such axis.</exception>
    public int this[int axis] => _lengths[NormalizeAxis(axis, "Shape")];

    /// <summary>The length of an axis counted from the end: <c>shape[^1]</c> is the last one's.</summary>
    /// <param name="axis">The axis.</param>
    /// <exception cref="TensorShapeException">There is no such axis.</exception>
    public int this[Index axis] => this[axis.IsFromEnd ? Rank - axis.Value : axis.Value];

    /// <summary>Enumerates the lengths, outermost first.</summary>
    public IEnumerator<int> GetEnumerator()
    {
        for (int axis = 0; axis < Rank; axis++)
            yield return _lengths[axis];
    }

    /// <summary>Builds a shape from a collection expression.</summary>
    /// <param name="lengths">The axis lengths.</param>
    public static Shape Create(ReadOnlySpan<int> lengths) => new(lengths);

    /// <summary>The lengths as a new array.</summary>
    public int[] ToArray()
    {
        var result = new int[Rank];
        for (int axis = 0; axis < Rank; axis++)
            result[axis] = _lengths[axis];
        return result;
    }

    /// <inheritdoc/>
    public bool Equals(Shape other)
    {
        if (Rank != other.Rank || Count != other.Count)
            return false;
        for (int axis = 0; axis < Rank; axis++)
        {
            if (_lengths[axis] != other._lengths[axis])
                return false;
        }

        return true;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Shape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        for (int axis = 0; axis < Rank; axis++)
            hash.Add(_lengths[axis]);
        return hash.ToHashCode();
    }

    /// <summary>Whether two shapes have the same axes.</summary>
    /// <param name="left">One shape.</param>
    /// <param name="right">The other.</param>
    public static bool operator ==(Shape left, Shape right) => left.Equals(right);

    /// <summary>Whether two shapes differ.</summary>
    /// <param name="left">One shape.</param>
    /// <param name="right">The other.</param>
    public static bool operator !=(Shape left, Shape right) => !left.Equals(right);

    /// <summary>The shape as error messages write it, such as <c>[128, 784]</c>.</summary>
    public override string ToString() => $"[{string.Join(", ", ToArray())}]";

    internal int NormalizeAxis(int axis, string operation)
    {
        int normal = axis < 0 ? axis + Rank : axis;
        if ((uint)normal >= (uint)Rank)
            throw new TensorShapeException($"{operation}: axis {axis} does not exist in {this}, which has {Rank} axes");
        return normal;
    }

    /// <summary>This shape with one axis given another length.</summary>
    internal Shape With(int axis, int length)
    {
        Span<int> lengths = stackalloc int[Rank];
        for (int i = 0; i < Rank; i++)
            lengths[i] = i == axis ? length : _lengths[i];
        return new Shape(lengths);
    }

    /// <summary>This shape with another axis in front.</summary>
    internal Shape Prepend(int length)
    {
        Span<int> lengths = stackalloc int[Rank + 1];
        lengths[0] = length;
        for (int i = 0; i < Rank; i++)
            lengths[i + 1] = _lengths[i];
        return new Shape(lengths);
    }

    /// <summary>This shape without one axis.</summary>
    internal Shape Without(int axis)
    {
        Span<int> lengths = stackalloc int[Rank - 1];
        for (int i = 0, j = 0; i < Rank; i++)
        {
            if (i != axis)
                lengths[j++] = _lengths[i];
        }

        return new Shape(lengths);
    }

    [InlineArray(MaxRank)]
    private struct Lengths
    {
        private int _first;
    }
}
