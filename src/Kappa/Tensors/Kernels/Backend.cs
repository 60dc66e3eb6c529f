using Kappa.Tensors.Memory;

namespace Kappa.Tensors.Kernels;

/// <summary>
/// The seam between tensors and a device: everything that touches elements in bulk goes through here, so that another device can be added without touching an
/// operation or a method. Shapes are checked by the callers.
/// </summary>
/// <remarks>
/// What is abstract is what a device has to have. Everything else is made of these, as its default, or done on the host by explicit copies where that is all
/// that can be said: a device overrides it for speed.
/// </remarks>
internal abstract partial class Backend
{
    /// <summary>Memory for so many elements, with any values.</summary>
    internal abstract TensorStorage Allocate(DataType type, int count);

    /// <summary>x = value, converted to the type, which holds it where it is one of integers.</summary>
    internal abstract void Fill(Tensor x, double value);

    /// <summary>result = x, of one type and as many elements.</summary>
    internal abstract void Copy(Tensor x, Tensor result);

    /// <summary>result = x in the type of the result; floating values become integers by truncation.</summary>
    internal abstract void Convert(Tensor x, Tensor result);

    /// <summary>result = f(x), same shape; result may be x.</summary>
    internal abstract void Unary(UnaryKernel kernel, Tensor x, Tensor result);

    /// <summary>result = a op b with broadcasting to the shape of result; result may be an operand that has this shape.</summary>
    internal abstract void Binary(BinaryKernel kernel, Tensor a, Tensor b, Tensor result);

    /// <summary>result = scale * x + offset; result may be x.</summary>
    internal abstract void Affine(Tensor x, double scale, double offset, Tensor result);

    /// <summary>Sums over the middle axis of x seen as [outer, length, inner], pairwise and in double precision, and divides; result is [outer, inner]. Adds to
    /// result when asked.</summary>
    internal abstract void Sum(Tensor x, int outer, int length, int inner, double divisor, Tensor result, bool accumulate);

    /// <summary>The largest along the middle axis of x seen as [outer, length, inner]; result is [outer, inner].</summary>
    internal abstract void Max(Tensor x, int outer, int length, int inner, Tensor result);

    /// <summary>c = op(a) op(b), or c += when asked, over matrices.</summary>
    internal abstract void MatMul(bool transposeA, bool transposeB, Tensor a, Tensor b, Tensor c, bool accumulate);

    /// <summary>Copies a block of rows x columns elements between two row-major arrays with their own strides and starts.</summary>
    internal abstract void CopyBlock(
        Tensor source, int sourceStart, int sourceStride, Tensor destination, int destinationStart, int destinationStride, int rows, int columns);

    /// <summary>result = 1 where the answer is yes and 0 where it is no, for a and b of one type and shape.</summary>
    internal abstract void Compare(Comparison comparison, Tensor a, Tensor b, Tensor result);

    /// <summary>result = a where the condition is not 0 and b where it is, for any type; what is absent is zero.</summary>
    internal abstract void Where(Tensor condition, Tensor? a, Tensor? b, Tensor result);

    /// <summary>The place of the largest along the middle axis of x seen as [outer, length, inner], or of the smallest; the first of equals. Without
    /// NaN.</summary>
    internal abstract void ArgMax(Tensor x, int outer, int length, int inner, bool smallest, Tensor result);

    /// <summary>result[i0, i1, ...] = x[i0 strides[0] + i1 strides[1] + ...], in elements, for any type.</summary>
    internal abstract void CopyStrided(Tensor x, ReadOnlySpan<int> strides, Tensor result);

    /// <summary>result[i] = table[indices[i]], rows of so many elements.</summary>
    internal abstract void GatherRows(Tensor table, Tensor indices, int rowLength, Tensor result);

    /// <summary>table[indices[i]] += rows[i], in the order of i.</summary>
    internal abstract void ScatterAddRows(Tensor rows, Tensor indices, int rowLength, Tensor table);
}
