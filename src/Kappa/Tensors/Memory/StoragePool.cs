using System.Numerics;

namespace Kappa.Tensors.Memory;

/// <summary>Free blocks by size class, one pool a thread: taking and giving back need no lock.</summary>
/// <remarks>
/// Four size classes to each power of two, so at most a quarter of a block is unused. A block may come back on another
/// thread than the one that took it. What exceeds <see cref="Limit"/> is left to the garbage collector.
/// </remarks>
internal sealed class StoragePool
{
    private const int MinimumBytes = 64;
    private const int ClassCount = 4 * 32;

    /// <summary>The most bytes that one thread's pool holds on to.</summary>
    internal const long Limit = 4L << 30;

    [ThreadStatic]
    private static StoragePool? _current;

    private readonly Stack<TensorStorage>?[] _free = new Stack<TensorStorage>?[ClassCount];
    private long _pooledBytes;
    private long _allocatedBytes;

    /// <summary>Bytes of tensor memory that this thread has taken from the runtime so far: flat in steady state.</summary>
    internal static long AllocatedBytes => Current._allocatedBytes;

    private static StoragePool Current => _current ??= new StoragePool();

    internal static TensorStorage Rent(long bytes)
    {
        int sizeClass = SizeClassOf(bytes, out long capacity);
        var pool = Current;
        var stack = pool._free[sizeClass];
        if (stack is not null && stack.TryPop(out var storage))
        {
            pool._pooledBytes -= capacity;
            storage.Revive();
            return storage;
        }

        pool._allocatedBytes += capacity;
        return new TensorStorage(capacity, sizeClass);
    }

    internal static void Return(TensorStorage storage)
    {
        var pool = Current;
        if (pool._pooledBytes + storage.Capacity > Limit)
            return;
        pool._pooledBytes += storage.Capacity;
        (pool._free[storage.SizeClass] ??= new Stack<TensorStorage>()).Push(storage);
    }

    /// <summary>The class of the smallest block that holds so many bytes: 64, 80, 96, 112, 128, 160, ...</summary>
    private static int SizeClassOf(long bytes, out long capacity)
    {
        bytes = Math.Max(bytes, MinimumBytes);
        int exponent = BitOperations.Log2((ulong)bytes);
        long quarter = 1L << (exponent - 2);
        long steps = (bytes - (1L << exponent) + quarter - 1) / quarter;
        capacity = (1L << exponent) + (steps * quarter);
        return (4 * (exponent - 6)) + (int)steps;
    }
}
