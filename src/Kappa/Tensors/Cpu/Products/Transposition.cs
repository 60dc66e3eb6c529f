using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Kappa.Tensors.Cpu.Vectors;

namespace Kappa.Tensors.Cpu.Products;

/// <summary>Copies that transpose, for packing. Strides are in elements and may be negative.</summary>
internal static unsafe class Transposition
{
    /// <summary>destination[j, i] = source[i, j] for i below <paramref name="rows"/> and j below <paramref name="columns"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Copy<T>(T* source, nint sourceStride, T* destination, nint destinationStride, int rows, int columns)
        where T : unmanaged
    {
        int i = 0;
        if (typeof(T) == typeof(float))
        {
            int wide = Avx512F.IsSupported && CpuFeatures.Selected == VectorWidth.Vector512 ? 16 : 0;
            // A ragged edge is done by a whole block that overlaps the one before and writes the same values again.
            for (; wide != 0 && rows >= 16 && i < rows; i += 16)
            {
                i = Math.Min(i, rows - 16);
                float* from = (float*)source + (i * sourceStride);
                float* to = (float*)destination + i;
                int j = 0;
                for (; j + 16 <= columns; j += 16)
                    Block16(from + j, sourceStride, to + (j * destinationStride), destinationStride);
                if (j < columns && columns >= 16)
                    Block16(from + columns - 16, sourceStride, to + ((columns - 16) * destinationStride), destinationStride);
                else
                    Plain(source + (i * sourceStride) + j, sourceStride, destination + (j * destinationStride) + i, destinationStride, 16, columns - j);
            }
            bool narrow = Sse.IsSupported;
            for (; narrow && rows >= 4 && i < rows; i += 4)
            {
                i = Math.Min(i, rows - 4);
                float* from = (float*)source + (i * sourceStride);
                float* to = (float*)destination + i;
                int j = 0;
                for (; j + 4 <= columns; j += 4)
                    Block4(from + j, sourceStride, to + (j * destinationStride), destinationStride);
                if (j < columns && columns >= 4)
                    Block4(from + columns - 4, sourceStride, to + ((columns - 4) * destinationStride), destinationStride);
                else
                    Plain(source + (i * sourceStride) + j, sourceStride, destination + (j * destinationStride) + i, destinationStride, 4, columns - j);
            }
        }

        Plain(source + (i * sourceStride), sourceStride, destination + i, destinationStride, rows - i, columns);
    }

    /// <summary>One element at a time. Columns in the outer loop of small blocks, so that writes are contiguous and reads stay in cache.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Plain<T>(T* source, nint sourceStride, T* destination, nint destinationStride, int rows, int columns)
        where T : unmanaged
    {
        for (int block = 0; block < rows; block += 8)
        {
            int end = Math.Min(block + 8, rows);
            for (int j = 0; j < columns; j++)
            {
                for (int i = block; i < end; i++)
                    destination[(j * destinationStride) + i] = source[(i * sourceStride) + j];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Block4(float* source, nint sourceStride, float* destination, nint destinationStride)
    {
        var r0 = Vector128.Load(source);
        var r1 = Vector128.Load(source + sourceStride);
        var r2 = Vector128.Load(source + (2 * sourceStride));
        var r3 = Vector128.Load(source + (3 * sourceStride));
        var a = Sse.UnpackLow(r0, r1);
        var b = Sse.UnpackHigh(r0, r1);
        var c = Sse.UnpackLow(r2, r3);
        var d = Sse.UnpackHigh(r2, r3);
        Sse.MoveLowToHigh(a, c).Store(destination);
        Sse.MoveHighToLow(c, a).Store(destination + destinationStride);
        Sse.MoveLowToHigh(b, d).Store(destination + (2 * destinationStride));
        Sse.MoveHighToLow(d, b).Store(destination + (3 * destinationStride));
    }

    /// <summary>
    /// 16 by 16: each 128-bit lane q of a vector is loaded from row 4q + i, so that half of the transposition is done by the load ports and
    /// only 32 shuffles remain.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Block16(float* source, nint sourceStride, float* destination, nint destinationStride)
    {
        for (int column = 0; column < 16; column += 4)
        {
            var r0 = Gather(source, sourceStride);
            var r1 = Gather(source + sourceStride, sourceStride);
            var r2 = Gather(source + (2 * sourceStride), sourceStride);
            var r3 = Gather(source + (3 * sourceStride), sourceStride);
            var a = Avx512F.UnpackLow(r0, r1).AsDouble();
            var b = Avx512F.UnpackHigh(r0, r1).AsDouble();
            var c = Avx512F.UnpackLow(r2, r3).AsDouble();
            var d = Avx512F.UnpackHigh(r2, r3).AsDouble();
            Avx512F.UnpackLow(a, c).AsSingle().Store(destination);
            Avx512F.UnpackHigh(a, c).AsSingle().Store(destination + destinationStride);
            Avx512F.UnpackLow(b, d).AsSingle().Store(destination + (2 * destinationStride));
            Avx512F.UnpackHigh(b, d).AsSingle().Store(destination + (3 * destinationStride));
            source += 4;
            destination += 4 * destinationStride;
        }
    }

    /// <summary>Four elements of each of the rows 0, 4, 8 and 12 from <paramref name="source"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Gather(float* source, nint stride)
    {
        var vector = Vector128.Load(source).ToVector256Unsafe().ToVector512Unsafe();
        vector = Avx512F.InsertVector128(vector, Vector128.Load(source + (4 * stride)), 1);
        vector = Avx512F.InsertVector128(vector, Vector128.Load(source + (8 * stride)), 2);
        return Avx512F.InsertVector128(vector, Vector128.Load(source + (12 * stride)), 3);
    }
}
