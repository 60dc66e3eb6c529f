using Kappa.Tensors.Operations;

namespace Kappa.Tensors;

/// <content>Elements picked by comparison.</content>
public sealed partial class Tensor
{
    /// <summary>Where the largest element along one axis is, the first of equals. Has no gradient.</summary>
    /// <param name="axis">The axis, not empty; negative counts from the last.</param>
    /// <param name="keepAxis">Whether the axis stays, with length 1.</param>
    /// <returns>Int32, this shape without the axis.</returns>
    /// <exception cref="TensorShapeException">There is no such axis, or it is empty.</exception>
    /// <exception cref="NonFiniteException">An element is NaN; the message names its place.</exception>
    public Tensor ArgMax(int axis = -1, bool keepAxis = false) => SelectionNode.Place(this, axis, keepAxis, smallest: false);

    /// <summary>Where the smallest element along one axis is, the first of equals. Has no gradient.</summary>
    /// <inheritdoc cref="ArgMax"/>
    public Tensor ArgMin(int axis = -1, bool keepAxis = false) => SelectionNode.Place(this, axis, keepAxis, smallest: true);

    /// <summary>The k largest elements along one axis, the largest first and the first of equals first, and where they are.</summary>
    /// <param name="k">How many, from 0 to the length of the axis.</param>
    /// <param name="axis">The axis; negative counts from the last.</param>
    /// <param name="largest">False for the smallest, the smallest first.</param>
    /// <returns>The elements, of this shape with length k along the axis, through which gradients flow; and their places along the axis, Int32, of the same
    /// shape.</returns>
    /// <exception cref="TensorShapeException">There is no such axis, or it has fewer elements.</exception>
    /// <exception cref="NonFiniteException">An element is NaN; the message names its place.</exception>
    public (Tensor Values, Tensor Indices) TopK(int k, int axis = -1, bool largest = true) => SelectionNode.TopK(this, k, axis, !largest);

    /// <summary>Elements of one tensor where a condition holds and of another where it does not. Shapes broadcast.</summary>
    /// <param name="condition">Int32, 0 for no and any other number for yes, such as what <see cref="Greater(double)"/> gives.</param>
    /// <param name="a">What to take where it holds.</param>
    /// <param name="b">What to take where it does not, of the same element type.</param>
    /// <returns>Gradients flow to what was taken; what was not taken does not count, NaN or not.</returns>
    /// <exception cref="TensorShapeException">Shapes or types do not fit.</exception>
    public static Tensor Where(Tensor condition, Tensor a, Tensor b) => WhereNode.Apply(condition, a, b);

    /// <summary>The larger of two elements; NaN wins. Shapes broadcast. The gradient goes to what was taken; where both are equal, to this tensor.</summary>
    /// <param name="other">Of the same element type.</param>
    /// <exception cref="TensorShapeException">Shapes or types do not fit.</exception>
    public Tensor Maximum(Tensor other) => WhereNode.Extreme(this, other, smallest: false);

    /// <summary>The smaller of two elements; NaN wins. Shapes broadcast. The gradient goes to what was taken; where both are equal, to this tensor.</summary>
    /// <param name="other">Of the same element type.</param>
    /// <exception cref="TensorShapeException">Shapes or types do not fit.</exception>
    public Tensor Minimum(Tensor other) => WhereNode.Extreme(this, other, smallest: true);

    /// <summary>Each element, or the end of a range where it lies outside; NaN stays NaN. The gradient passes within the range, ends included.</summary>
    /// <param name="min">The lower end; minus infinity for none.</param>
    /// <param name="max">The upper end, not below the lower; infinity for none.</param>
    /// <exception cref="ArgumentOutOfRangeException">An end is NaN, or beyond the element type, or the upper one is below the lower.</exception>
    public Tensor Clip(double min, double max)
    {
        Operands.RequireFloating(this, "Clip");
        if (!(min <= max))
            throw new ArgumentOutOfRangeException(nameof(max), max, $"Clip: the upper end is a number not below the lower; got {min} and {max}");
        using var low = End(min);
        using var high = End(max);
        using var raised = Maximum(low);
        return raised.Minimum(high);
    }

    private Tensor End(double value)
    {
        var end = Scalar(value, DataType, Device);
        return double.IsFinite(DataType == DataType.Float32 ? (float)value : value) == double.IsFinite(value)
            ? end
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"Clip: {DataType} does not hold {value}");
    }
}
