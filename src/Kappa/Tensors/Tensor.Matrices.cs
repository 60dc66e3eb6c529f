using Kappa.Tensors.Operations;

namespace Kappa.Tensors;

/// <content>Matrix products and moving elements about.</content>
public sealed partial class Tensor
{
    /// <summary>The matrix product op(this) op(other).</summary>
    /// <param name="other">The right operand, of the same floating type.</param>
    /// <param name="transposeA">Whether this tensor, <c>[k, m]</c> then, is transposed.</param>
    /// <param name="transposeB">Whether the other, <c>[n, k]</c> then, is transposed.</param>
    /// <returns><c>[m, n]</c>. Costs 2 m n k flops; nothing is copied to transpose.</returns>
    /// <exception cref="TensorShapeException">An operand is not a matrix, the types differ, or the inner lengths differ.</exception>
    public Tensor MatMul(Tensor other, bool transposeA = false, bool transposeB = false) => MatMulNode.Apply(this, other, transposeA, transposeB);

    /// <summary>The matrix products op(this[i]) op(other[i]) of two batches: PyTorch's <c>bmm</c>.</summary>
    /// <param name="other"><c>[batch, k, n]</c>, of the same floating type.</param>
    /// <param name="transposeA">Whether the matrices of this tensor, <c>[batch, k, m]</c> then, are transposed.</param>
    /// <param name="transposeB">Whether those of the other, <c>[batch, n, k]</c> then, are transposed.</param>
    /// <returns><c>[batch, m, n]</c>, for this tensor being <c>[batch, m, k]</c>. Costs 2 batch m n k flops.</returns>
    /// <exception cref="TensorShapeException">An operand has not 3 axes, the batches or the types differ, or the inner lengths do.</exception>
    public Tensor BatchMatMul(Tensor other, bool transposeA = false, bool transposeB = false) =>
        BatchMatMulNode.Apply(this, other, transposeA, transposeB);

    /// <summary>Products of tensors, summed over axes that are named by letters (the summation convention of Einstein, 1916).</summary>
    /// <param name="equation">A letter for each axis of each operand, commas between operands, and behind <c>-></c> the axes of the result:
    /// <c>"bik,bkj->bij"</c>
    /// is a batch of products of matrices. Axes that the result lacks are summed over. Without <c>-></c> the result has the letters that stand once, in
    /// alphabetical order.</param>
    /// <param name="operands">As many as the equation names, of one floating type; an axis has one length wherever its letter stands.</param>
    /// <returns>The result, computed from the left, two operands at a time, by matrix products where axes are summed over.</returns>
    /// <exception cref="TensorShapeException">The equation cannot be read, or does not fit the operands; the message says where. No operand has a letter
    /// twice, and there is no ellipsis.</exception>
    public static Tensor Einsum(string equation, params Tensor[] operands)
    {
        ArgumentNullException.ThrowIfNull(operands);
        return EinsteinSum.Apply(equation, operands);
    }

    /// <summary>A linear layer with its activation, f(x W^T + b), as one operation.</summary>
    /// <param name="weight">W, <c>[out, in]</c>.</param>
    /// <param name="bias">b, <c>[out]</c>, or null for none.</param>
    /// <param name="activation">f.</param>
    /// <returns><c>[batch, out]</c>, for this tensor being x, <c>[batch, in]</c>.</returns>
    /// <exception cref="TensorShapeException">Shapes or types do not fit.</exception>
    public Tensor Linear(Tensor weight, Tensor? bias, Activation activation = Activation.Identity) =>
        LinearNode.Apply(this, weight, bias, activation.Kernel());

    /// <summary>The same elements under another shape. Shares memory with this tensor.</summary>
    /// <param name="shape">A shape with the same count.</param>
    public Tensor Reshape(Shape shape) => ReshapeNode.Apply(this, shape);

    /// <summary>The last two axes exchanged, as a copy.</summary>
    public Tensor Transpose() => TransposeNode.Apply(this);

    /// <summary>A range of one axis, as a copy.</summary>
    /// <param name="axis">The axis; negative counts from the last.</param>
    /// <param name="start">The first index.</param>
    /// <param name="length">How many.</param>
    public Tensor Slice(int axis, int start, int length) => SliceNode.Apply(this, axis, start, length);

    /// <summary>Rows picked by index: an embedding when this tensor is a table <c>[rows, ...]</c>.</summary>
    /// <param name="indices">Int32, any shape; each within 0..rows-1.</param>
    /// <returns>The shape of the indices followed by that of a row.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An index is out of range; the message names its position.</exception>
    public Tensor Gather(Tensor indices)
    {
        ArgumentNullException.ThrowIfNull(indices);
        return GatherNode.Apply(this, indices);
    }

    /// <summary>Tensors laid end to end along one axis.</summary>
    /// <param name="axis">The axis; negative counts from the last.</param>
    /// <param name="parts">At least one; all other axes and the element type agree.</param>
    public static Tensor Concat(int axis, params Tensor[] parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        return ConcatNode.Apply(parts, axis);
    }
}
