using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Kappa.Tensors.Cpu.Threads;

namespace Kappa.Tensors.Cpu.Elementwise;

/// <summary>What elements range over, to tell whether what is computed from them stays within their type.</summary>
internal static unsafe class ElementRange
{
    /// <summary>The largest element, where all are finite. One infinity or NaN makes NaN of a sum of zero times each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static T Largest<T>(ReadOnlySpan<T> x, out bool isFinite)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int i = 1, count = x.Length;
        T largest = x[0], zero = largest * T.Zero;
        ref T start = ref MemoryMarshal.GetReference(x);
        if (count >= Vector<T>.Count)
        {
            var most = Vector.LoadUnsafe(ref start);
            var zeros = most * Vector<T>.Zero;
            for (i = Vector<T>.Count; i <= count - Vector<T>.Count; i += Vector<T>.Count)
            {
                var value = Vector.LoadUnsafe(ref start, (nuint)i);
                most = Vector.MaxNative(most, value);
                zeros += value * Vector<T>.Zero;
            }

            zero = Vector.Sum(zeros);
            for (int lane = 0; lane < Vector<T>.Count; lane++)
                largest = T.MaxNative(largest, most[lane]);
        }

        for (; i < count; i++)
        {
            largest = T.MaxNative(largest, x[i]);
            zero += x[i] * T.Zero;
        }

        isFinite = !T.IsNaN(zero);
        return largest;
    }

    /// <summary>Where a value comes first, or -1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static int IndexOf<T>(ReadOnlySpan<T> x, T value)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int i = 0;
        ref T start = ref MemoryMarshal.GetReference(x);
        var values = new Vector<T>(value);
        while (i <= x.Length - Vector<T>.Count && !Vector.EqualsAny(Vector.LoadUnsafe(ref start, (nuint)i), values))
            i += Vector<T>.Count;
        for (; i < x.Length; i++)
        {
            if (x[i] == value)
                return i;
        }

        return -1;
    }

    /// <summary>The exponent of the largest element in size, as a power of two; 0 where all are zero, very large where one is not finite.</summary>
    internal static int Exponent(Tensor? x)
    {
        if (x is null || x.Count == 0)
            return 0;
        double largest = x.DataType == DataType.Float32 ? Largest(x.Pointer<float>(), x.Count) : Largest(x.Pointer<double>(), x.Count);
        return largest == 0 ? 0 : double.IsFinite(largest) ? Math.ILogB(largest) : short.MaxValue;
    }

    private static double Largest<T>(T* x, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int chunks = Vectorized.Chunks(count);
        double* parts = stackalloc double[64];
        var job = new LargestJob<T> { X = x, Count = count, Chunks = Math.Min(chunks, 64), Parts = parts };
        WorkerPool.Run(job.Chunks, ref job);
        double largest = 0;
        for (int i = 0; i < job.Chunks; i++)
            largest = Math.Max(largest, parts[i]);
        return largest;
    }

    private struct LargestJob<T> : IParallelJob
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        internal T* X;
        internal int Count, Chunks;
        internal double* Parts;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Execute(int chunk)
        {
            int i = (int)((long)Count * chunk / Chunks), end = (int)((long)Count * (chunk + 1) / Chunks);
            Vector<T> largest = default, zeros = default, largest1 = default, zeros1 = default;
            for (; i <= end - (2 * Vector<T>.Count); i += 2 * Vector<T>.Count)
            {
                Vector<T> value = Vector.Load(X + i), value1 = Vector.Load(X + i + Vector<T>.Count);
                largest = Vector.MaxNative(largest, Vector.Abs(value));
                largest1 = Vector.MaxNative(largest1, Vector.Abs(value1));
                zeros += value * Vector<T>.Zero;
                zeros1 += value1 * Vector<T>.Zero;
            }

            largest = Vector.MaxNative(largest, largest1);
            zeros += zeros1;
            for (; i <= end - Vector<T>.Count; i += Vector<T>.Count)
            {
                var value = Vector.Load(X + i);
                largest = Vector.MaxNative(largest, Vector.Abs(value));
                zeros += value * Vector<T>.Zero;
            }

            T most = T.Zero, zero = Vector.Sum(zeros);
            for (int lane = 0; lane < Vector<T>.Count; lane++)
                most = T.Max(most, largest[lane]);
            for (; i < end; i++)
            {
                most = T.Max(most, T.Abs(X[i]));
                zero += X[i] * T.Zero;
            }

            Parts[chunk] = T.IsNaN(zero) ? double.PositiveInfinity : double.CreateTruncating(most);
        }
    }
}
