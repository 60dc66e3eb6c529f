using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Kappa.Tensors.Kernels;

/// <summary>
/// What stands in front of a device's kernels: it sees that all operands are on that device, tells every tensor that a kernel writes to that it changes, and in
/// debug builds checks that no kernel reaches out of the tensors it is given. A kernel that is added has to say here what it reads and writes, and how much of
/// it.
/// </summary>
/// <param name="device">The device.</param>
/// <param name="kernels">Its kernels.</param>
internal sealed partial class GuardedBackend(Device device, Backend kernels) : Backend
{
    internal override void Unary(UnaryKernel kernel, Tensor x, Tensor result)
    {
        Reads(x, result.Count);
        Writes(result, result.Count);
        kernels.Unary(kernel, x, result);
    }

    internal override void UnaryDerivative(UnaryKernel kernel, Tensor x, Tensor y, Tensor gradient, Tensor result)
    {
        Reads(x, result.Count);
        Reads(y, result.Count);
        Reads(gradient, result.Count);
        Writes(result, result.Count);
        kernels.UnaryDerivative(kernel, x, y, gradient, result);
    }

    internal override void UnarySecondDerivative(UnaryKernel kernel, Tensor x, Tensor y, Tensor gradient, Tensor tangent, Tensor result, bool accumulate)
    {
        Reads(x, result.Count);
        Reads(y, result.Count);
        Reads(gradient, result.Count);
        Reads(tangent, result.Count);
        Writes(result, result.Count);
        kernels.UnarySecondDerivative(kernel, x, y, gradient, tangent, result, accumulate);
    }

    internal override void Binary(BinaryKernel kernel, Tensor a, Tensor b, Tensor result)
    {
        Repeats(a, result);
        Repeats(b, result);
        Writes(result, result.Count);
        kernels.Binary(kernel, a, b, result);
    }

    internal override void Affine(Tensor x, double scale, double offset, Tensor result)
    {
        Reads(x, result.Count);
        Writes(result, result.Count);
        kernels.Affine(x, scale, offset, result);
    }

    internal override void Divide(Tensor x, double divisor, Tensor result)
    {
        Reads(x, result.Count);
        Writes(result, result.Count);
        kernels.Divide(x, divisor, result);
    }

    internal override void Flush(Tensor x, double threshold)
    {
        Writes(x, x.Count);
        kernels.Flush(x, threshold);
    }

    internal override void ScaledDifference(Tensor? a, Tensor? b, double scale, Tensor result, bool accumulate)
    {
        Reads(a, result.Count);
        Reads(b, result.Count);
        Writes(result, result.Count);
        kernels.ScaledDifference(a, b, scale, result, accumulate);
    }

    internal override void Sum(Tensor x, int outer, int length, int inner, double divisor, Tensor result, bool accumulate)
    {
        Reads(x, (long)outer * length * inner);
        Writes(result, (long)outer * inner);
        kernels.Sum(x, outer, length, inner, divisor, result, accumulate);
    }

    internal override void Max(Tensor x, int outer, int length, int inner, Tensor result)
    {
        Reads(x, (long)outer * length * inner);
        Writes(result, (long)outer * inner);
        kernels.Max(x, outer, length, inner, result);
    }

    internal override double SumOfSquaredDifferences(Tensor a, Tensor b)
    {
        Reads(a, a.Count);
        Reads(b, a.Count);
        return kernels.SumOfSquaredDifferences(a, b);
    }

    internal override double Dot(Tensor a, Tensor b)
    {
        Reads(a, a.Count);
        Reads(b, a.Count);
        return kernels.Dot(a, b);
    }

    internal override double SumOfSquares(Tensor x)
    {
        Reads(x, x.Count);
        return kernels.SumOfSquares(x);
    }

    internal override double SumOfSquares(Tensor?[] tensors, double scale)
    {
        foreach (var tensor in tensors)
            Reads(tensor, tensor?.Count ?? 0);
        return kernels.SumOfSquares(tensors, scale);
    }

    internal override double LargestMagnitude(Tensor x)
    {
        Reads(x, x.Count);
        return kernels.LargestMagnitude(x);
    }

    internal override void CopyBlock(
        Tensor source, int sourceStart, int sourceStride, Tensor destination, int destinationStart, int destinationStride, int rows, int columns)
    {
        long last = Math.Max(rows - 1L, 0);
        Reads(source, rows == 0 ? 0 : sourceStart + (last * sourceStride) + columns);
        Writes(destination, rows == 0 ? 0 : destinationStart + (last * destinationStride) + columns);
        kernels.CopyBlock(source, sourceStart, sourceStride, destination, destinationStart, destinationStride, rows, columns);
    }

    internal override void CopyStrided(Tensor x, ReadOnlySpan<int> strides, Tensor result)
    {
        long last = 0;
        for (int axis = 0; axis < strides.Length; axis++)
            last += (result.Shape[axis] - 1L) * strides[axis];
        Reads(x, result.Count == 0 ? 0 : last + 1);
        Writes(result, result.Count);
        kernels.CopyStrided(x, strides, result);
    }

    internal override void GatherRows(Tensor table, Tensor indices, int rowLength, Tensor result)
    {
        Picks(indices, indices.Count, rowLength == 0 ? int.MaxValue : table.Count / rowLength);
        Reads(table, table.Count);
        Writes(result, (long)indices.Count * rowLength);
        kernels.GatherRows(table, indices, rowLength, result);
    }

    internal override void ScatterAddRows(Tensor rows, Tensor indices, int rowLength, Tensor table)
    {
        Picks(indices, indices.Count, rowLength == 0 ? int.MaxValue : table.Count / rowLength);
        Reads(rows, (long)indices.Count * rowLength);
        Writes(table, table.Count);
        kernels.ScatterAddRows(rows, indices, rowLength, table);
    }

    internal override void Transpose(Tensor x, int batch, int rows, int columns, Tensor result)
    {
        Reads(x, (long)batch * rows * columns);
        Writes(result, (long)batch * rows * columns);
        kernels.Transpose(x, batch, rows, columns, result);
    }

    private void Writes(Tensor? tensor, long elements, [CallerMemberName] string kernel = "")
    {
        Reads(tensor, elements, kernel);
        tensor?.MarkChanged();
    }

    /// <summary>The tensor is on the device; so many elements from the first are in it, and nothing was written behind its block.</summary>
    private void Reads(Tensor? tensor, long elements, [CallerMemberName] string kernel = "")
    {
        if (tensor is null)
            return;
        if (tensor.Storage.Device != device)
            throw Elsewhere(tensor, kernel);
        Reaches(tensor, elements);
    }

    [Conditional("DEBUG")]
    private static void Reaches(Tensor tensor, long elements)
    {
        Debug.Assert(elements >= 0 && elements <= tensor.Count, $"a kernel would reach for {elements} elements of {tensor.Shape}");
        tensor.Storage.CheckGuard();
    }

    /// <summary>The tensor broadcasts to the result, which may have further axes.</summary>
    private void Repeats(Tensor tensor, Tensor result, [CallerMemberName] string kernel = "")
    {
        Reads(tensor, tensor.Count, kernel);
        Debug.Assert(Broadcasting.Combine(tensor.Shape, result.Shape, "a kernel") == result.Shape, $"{tensor.Shape} does not broadcast to {result.Shape}");
    }

    /// <summary>The indices are within a limit.</summary>
    private void Picks(Tensor indices, long count, int limit, [CallerMemberName] string kernel = "")
    {
        Reads(indices, count, kernel);
        AreWithin(indices, count, limit);
    }

    [Conditional("DEBUG")]
    private static void AreWithin(Tensor indices, long count, int limit)
    {
        foreach (int index in indices.ToArray<int>().AsSpan(0, (int)count))
            Debug.Assert((uint)index < (uint)limit, $"a kernel would pick element or row {index} of {limit}");
    }

    private InvalidOperationException Elsewhere(Tensor tensor, string kernel) => new(
        $"{kernel}: the operands are on two devices, {device} and {tensor.Device}, where {tensor.Name ?? "one"} {tensor.Shape} is. "
        + $"Move them to one, such as by tensor.To(device) or model.To(device)");
}
