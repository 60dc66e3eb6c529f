using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Kappa.Tensors.Cpu;

/// <summary>Copies of narrow blocks of rows, for packing.</summary>
internal static unsafe class Panels
{
    /// <summary>Copies <paramref name="rows"/> rows of <paramref name="columns"/> elements, a few vectors wide.</summary>
    internal static void CopyRows<T>(
        VectorWidth width, T* source, nint sourceStride, T* destination, nint destinationStride, int rows, int columns)
        where T : unmanaged
    {
        if (typeof(T) == typeof(float))
        {
            float* from = (float*)source;
            float* to = (float*)destination;
            if (width == VectorWidth.Vector512)
                CopyRows<Vector512<float>, float, SingleLanes512>(from, sourceStride, to, destinationStride, rows, columns);
            else if (width == VectorWidth.Vector256)
                CopyRows<Vector256<float>, float, SingleLanes256>(from, sourceStride, to, destinationStride, rows, columns);
            else
                CopyRows<Vector128<float>, float, SingleLanes128>(from, sourceStride, to, destinationStride, rows, columns);
            return;
        }
        double* fromDouble = (double*)source;
        double* toDouble = (double*)destination;
        if (width == VectorWidth.Vector512)
            CopyRows<Vector512<double>, double, DoubleLanes512>(fromDouble, sourceStride, toDouble, destinationStride, rows, columns);
        else if (width == VectorWidth.Vector256)
            CopyRows<Vector256<double>, double, DoubleLanes256>(fromDouble, sourceStride, toDouble, destinationStride, rows, columns);
        else
            CopyRows<Vector128<double>, double, DoubleLanes128>(fromDouble, sourceStride, toDouble, destinationStride, rows, columns);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CopyRows<TVector, T, TLanes>(T* from, nint fromStride, T* to, nint toStride, int rows, int columns)
        where TVector : struct
        where T : unmanaged
        where TLanes : IVectorLanes<TVector, T>
    {
        int whole = columns - (columns % TLanes.Count);
        bool ragged = whole != columns;
        TVector mask = TLanes.Mask(columns - whole);
        for (int row = 0; row < rows; row++)
        {
            for (int j = 0; j < whole; j += TLanes.Count)
                TLanes.Store(TLanes.Load(from + j), to + j);
            if (ragged)
                TLanes.StoreMasked(TLanes.LoadMasked(from + whole, mask), to + whole, mask);
            from += fromStride;
            to += toStride;
        }
    }
}
