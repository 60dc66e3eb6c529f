namespace Kappa.Tensors.Cpu.Reductions;

/// <summary>Rows whose columns are summed: one operand or two of the same layout, a stride from row to row, and the rows to take where not all in
/// turn.</summary>
internal unsafe struct SummedRows<T>
    where T : unmanaged
{
    internal T* A, B;
    internal nint Stride;
    internal int Width;
    internal int* Order;

    /// <summary>Where a row starts.</summary>
    internal readonly nint At(int row) => (Order == null ? row : Order[row]) * Stride;
}
