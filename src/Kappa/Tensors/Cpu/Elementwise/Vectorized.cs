using System.Numerics;
using System.Runtime.CompilerServices;
using Kappa.Tensors.Cpu.Threads;

namespace Kappa.Tensors.Cpu.Elementwise;

/// <summary>An elementwise function of one argument, for vectors and for the elements left over.</summary>
internal interface IMapFunction<T>
    where T : unmanaged
{
    Vector<T> Invoke(Vector<T> x);

    T Invoke(T x);
}

/// <summary>An elementwise function of two arguments, for vectors and for the elements left over.</summary>
internal interface IZipFunction<T>
    where T : unmanaged
{
    Vector<T> Invoke(Vector<T> a, Vector<T> b);

    T Invoke(T a, T b);
}

/// <summary>Loops that run an elementwise function over memory, in parallel chunks where there is enough of it.</summary>
/// <remarks>These loops are bound by memory, where 256-bit vectors (what <see cref="Vector{T}"/> is here) do as well as 512-bit ones.</remarks>
internal static unsafe class Vectorized
{
    internal static void Map<T, TFunction>(T* x, T* result, int count, TFunction function)
        where T : unmanaged
        where TFunction : struct, IMapFunction<T>
    {
        if (count <= CpuBackend.ChunkLength)
        {
            MapRange(x, result, count, function);
            return;
        }

        var job = new MapJob<T, TFunction> { X = x, Result = result, Count = count, Function = function };
        WorkerPool.Run(Chunks(count), ref job);
    }

    internal static void Zip<T, TFunction>(T* a, T* b, T* result, int count, TFunction function)
        where T : unmanaged
        where TFunction : struct, IZipFunction<T>
    {
        if (count <= CpuBackend.ChunkLength)
        {
            ZipRange(a, b, result, count, function);
            return;
        }

        var job = new ZipJob<T, TFunction> { A = a, B = b, Result = result, Count = count, Function = function };
        WorkerPool.Run(Chunks(count), ref job);
    }

    internal static int Chunks(int count) => (count + CpuBackend.ChunkLength - 1) / CpuBackend.ChunkLength;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MapRange<T, TFunction>(T* x, T* result, int count, TFunction function)
        where T : unmanaged
        where TFunction : struct, IMapFunction<T>
    {
        int i = 0;
        for (; i <= count - Vector<T>.Count; i += Vector<T>.Count)
            Unsafe.WriteUnaligned(result + i, function.Invoke(Unsafe.ReadUnaligned<Vector<T>>(x + i)));
        for (; i < count; i++)
            result[i] = function.Invoke(x[i]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ZipRange<T, TFunction>(T* a, T* b, T* result, int count, TFunction function)
        where T : unmanaged
        where TFunction : struct, IZipFunction<T>
    {
        int i = 0;
        for (; i <= count - Vector<T>.Count; i += Vector<T>.Count)
            Unsafe.WriteUnaligned(result + i, function.Invoke(Unsafe.ReadUnaligned<Vector<T>>(a + i), Unsafe.ReadUnaligned<Vector<T>>(b + i)));
        for (; i < count; i++)
            result[i] = function.Invoke(a[i], b[i]);
    }

    private struct MapJob<T, TFunction> : IParallelJob
        where T : unmanaged
        where TFunction : struct, IMapFunction<T>
    {
        internal T* X;
        internal T* Result;
        internal int Count;
        internal TFunction Function;

        public readonly void Execute(int chunk)
        {
            int start = chunk * CpuBackend.ChunkLength;
            MapRange(X + start, Result + start, Math.Min(CpuBackend.ChunkLength, Count - start), Function);
        }
    }

    private struct ZipJob<T, TFunction> : IParallelJob
        where T : unmanaged
        where TFunction : struct, IZipFunction<T>
    {
        internal T* A;
        internal T* B;
        internal T* Result;
        internal int Count;
        internal TFunction Function;

        public readonly void Execute(int chunk)
        {
            int start = chunk * CpuBackend.ChunkLength;
            ZipRange(A + start, B + start, Result + start, Math.Min(CpuBackend.ChunkLength, Count - start), Function);
        }
    }
}
