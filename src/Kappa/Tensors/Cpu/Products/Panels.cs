using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Kappa.Tensors.Cpu.Vectors;

namespace Kappa.Tensors.Cpu.Products;

/// <summary>Copies of a block of rows into narrow panels that lie one after another, for packing.</summary>
internal static unsafe class Panels
{
    /// <summary>
    /// Copies a block [depth, columns] into panels [panel][depth][panelColumns]. The columns of the last panel that do not exist are left as they are.
    /// </summary>
    internal static void Split<T>(VectorWidth width, T* source, nint sourceStride, T* destination, int depth, int panelColumns, int columns)
        where T : unmanaged =>
        Copy(width, source, sourceStride, destination, depth, panelColumns, panelColumns, 0, columns);

    /// <summary>
    /// Copies a block [depth, columns] into panels [panel][depth][width of the panel], the first <paramref name="larger"/> of which have
    /// <paramref name="panelColumns"/> + 1 columns and the others one less.
    /// </summary>
    internal static void Interleave<T>(
        VectorWidth width, T* source, nint sourceStride, T* destination, int depth, int panelColumns, int larger, int columns)
        where T : unmanaged =>
        Copy(width, source, sourceStride, destination, depth, panelColumns, 0, larger, columns);

    private static void Copy<T>(
        VectorWidth width, T* source, nint sourceStride, T* destination, int depth, int panelColumns, int paddedColumns, int larger, int columns)
        where T : unmanaged
    {
        if (typeof(T) == typeof(float))
        {
            float* from = (float*)source;
            float* to = (float*)destination;
            if (width == VectorWidth.Vector512)
                Copy<Vector512<float>, float, SingleLanes512>(from, sourceStride, to, depth, panelColumns, paddedColumns, larger, columns);
            else if (width == VectorWidth.Vector256)
                Copy<Vector256<float>, float, SingleLanes256>(from, sourceStride, to, depth, panelColumns, paddedColumns, larger, columns);
            else
                Copy<Vector128<float>, float, SingleLanes128>(from, sourceStride, to, depth, panelColumns, paddedColumns, larger, columns);
            return;
        }
        double* fromDouble = (double*)source;
        double* toDouble = (double*)destination;
        if (width == VectorWidth.Vector512)
            Copy<Vector512<double>, double, DoubleLanes512>(fromDouble, sourceStride, toDouble, depth, panelColumns, paddedColumns, larger, columns);
        else if (width == VectorWidth.Vector256)
            Copy<Vector256<double>, double, DoubleLanes256>(fromDouble, sourceStride, toDouble, depth, panelColumns, paddedColumns, larger, columns);
        else
            Copy<Vector128<double>, double, DoubleLanes128>(fromDouble, sourceStride, toDouble, depth, panelColumns, paddedColumns, larger, columns);
    }

    /// <summary>Goes through the rows four at a time, all panels of four rows before the next four, so that the source is read in whole runs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Copy<TVector, T, TLanes>(
        T* from, nint fromStride, T* to, int depth, int panelColumns, int paddedColumns, int larger, int columns)
        where TVector : struct
        where T : unmanaged
        where TLanes : IVectorLanes<TVector, T>
    {
        for (int row = 0; row < depth; row += 4)
        {
            int rows = Math.Min(4, depth - row);
            T* panel = to;
            int start = 0;
            for (int index = 0; start < columns; index++)
            {
                int size = Math.Min(index < larger ? panelColumns + 1 : panelColumns, columns - start);
                int stride = paddedColumns != 0 ? paddedColumns : size;
                int whole = size & -TLanes.Count;
                TVector mask = TLanes.Mask(size - whole);
                for (int i = 0; i < rows; i++)
                {
                    T* source = from + ((row + i) * fromStride) + start;
                    T* destination = panel + ((row + i) * stride);
                    if (Sse.IsSupported)
                        Sse.Prefetch0(source + (8 * fromStride));
                    for (int j = 0; j < whole; j += TLanes.Count)
                        TLanes.Store(TLanes.Load(source + j), destination + j);
                    if (whole != size)
                        TLanes.StoreMasked(TLanes.LoadMasked(source + whole, mask), destination + whole, mask);
                }
                panel += (nint)stride * depth;
                start += size;
            }
        }
    }
}
