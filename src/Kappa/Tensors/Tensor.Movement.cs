using Kappa.Tensors.Operations;

namespace Kappa.Tensors;

/// <content>Moving elements about.</content>
public sealed partial class Tensor
{
    /// <summary>The axes in another order, as a copy.</summary>
    /// <param name="axes">For each axis of the result, that of this tensor; each once. Negative ones count from the last.</param>
    /// <returns>Axis i has the length of this tensor's axis <c>axes[i]</c>.</returns>
    /// <exception cref="TensorShapeException">An axis is missing, or stands twice.</exception>
    public Tensor Permute(params ReadOnlySpan<int> axes) => PermuteNode.Apply(this, axes);

    /// <summary>This tensor repeated along axes of length 1, and along further axes in front, as a copy.</summary>
    /// <param name="shape">The shape of the result: its axes, counted from the last, are those of this tensor, but for those of length 1.</param>
    /// <exception cref="TensorShapeException">This tensor does not repeat to the shape.</exception>
    public Tensor Expand(Shape shape) => ExpandNode.Apply(this, shape);

    /// <summary>This tensor with a value added in front of one axis and behind it.</summary>
    /// <param name="axis">The axis; negative counts from the last.</param>
    /// <param name="before">How many elements in front, zero or more.</param>
    /// <param name="after">How many behind, zero or more.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="TensorShapeException">There is no such axis, or a number is negative.</exception>
    public Tensor Pad(int axis, int before, int after, double value = 0)
    {
        axis = Shape.NormalizeAxis(axis, "Pad");
        if (before < 0 || after < 0)
            throw new TensorShapeException($"Pad: axis {axis} of {Shape} takes zero or more elements on either side; got {before} and {after}");
        // They stay with the record, which is read again where a model is written to a file.
        var parts = new List<Tensor>(3);
        if (before > 0)
            parts.Add(Full(Shape.With(axis, before), value, DataType, Device));
        parts.Add(this);
        if (after > 0)
            parts.Add(Full(Shape.With(axis, after), value, DataType, Device));
        return Concat(axis, [.. parts]);
    }

    /// <summary>This tensor with a value added on both sides of every axis.</summary>
    /// <param name="pairs">How many elements in front and behind, for each axis, the outermost first.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="TensorShapeException">There is not one pair for each axis, or a number is negative.</exception>
    public Tensor Pad(IReadOnlyList<(int Before, int After)> pairs, double value = 0)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        if (pairs.Count != Rank)
            throw new TensorShapeException($"Pad: expected a pair for each of the {Rank} axes of {Shape}; got {pairs.Count}");
        var result = this;
        for (int axis = 0; axis < Rank; axis++)
        {
            if (pairs[axis] != (0, 0))
                result = result.Pad(axis, pairs[axis].Before, pairs[axis].After, value);
        }

        return result == this ? Reshape(Shape) : result;
    }

    /// <summary>Tensors of one shape side by side along a new axis.</summary>
    /// <param name="axis">Where the new axis stands in the result; negative counts from its last.</param>
    /// <param name="parts">At least one; shapes and element types agree.</param>
    /// <exception cref="TensorShapeException">There are none, or they differ.</exception>
    public static Tensor Stack(int axis, params Tensor[] parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        if (parts.Length == 0)
            throw new TensorShapeException("Stack: expected at least one tensor");
        foreach (var part in parts)
        {
            ArgumentNullException.ThrowIfNull(part, nameof(parts));
            if (part.Shape != parts[0].Shape || part.DataType != parts[0].DataType)
            {
                throw new TensorShapeException(
                    $"Stack: expected tensors of one shape and type; got {parts[0].Shape} {parts[0].DataType} and {part.Shape} {part.DataType}");
            }
        }

        int normal = parts[0].Shape.Prepend(1).NormalizeAxis(axis, "Stack");
        int[] lengths = parts[0].Shape.ToArray();
        return Concat(normal, Array.ConvertAll(parts, part => part.Reshape([.. lengths[..normal], 1, .. lengths[normal..]])));
    }

    /// <summary>This tensor cut along one axis.</summary>
    /// <param name="axis">The axis; negative counts from the last.</param>
    /// <param name="sizes">The lengths of the parts, zero or more, which add up to that of the axis.</param>
    /// <returns>The parts in order, as copies.</returns>
    /// <exception cref="TensorShapeException">There is no such axis, or the sizes do not add up.</exception>
    public Tensor[] Split(int axis, params ReadOnlySpan<int> sizes)
    {
        axis = Shape.NormalizeAxis(axis, "Split");
        long sum = 0;
        bool fits = true;
        foreach (int size in sizes)
        {
            sum += size;
            fits &= size >= 0;
        }

        if (!fits || sum != Shape[axis])
        {
            throw new TensorShapeException(
                $"Split: expected sizes that add up to the {Shape[axis]} elements of axis {axis} of {Shape}; got [{string.Join(", ", sizes.ToArray())}]");
        }

        var parts = new Tensor[sizes.Length];
        for (int i = 0, start = 0; i < parts.Length; start += sizes[i++])
            parts[i] = Slice(axis, start, sizes[i]);
        return parts;
    }
}
