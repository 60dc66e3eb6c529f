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
