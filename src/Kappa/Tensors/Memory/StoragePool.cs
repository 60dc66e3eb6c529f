using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace Kappa.Tensors.Memory;

/// <summary>Free blocks by size class, one pool a thread: taking and giving back need no lock.</summary>
/// <remarks>
/// Four size classes to each power of two, so at most a quarter of a block is unused. A block that is given back on another
/// thread than the one that took it goes home, so that a thread that makes and one that consumes reach a steady state too.
/// What exceeds <see cref="Limit"/> is left to the garbage collector.
/// </remarks>
internal sealed class StoragePool
{
    private const int MinimumBytes = 64;
    private const int ClassCount = 4 * 32;

    /// <summary>The most bytes that one thread's pool holds on to.</summary>
    internal const long Limit = 4L << 30;

    [ThreadStatic]
    private static StoragePool? _current;

    private readonly Stack<HostStorage>?[] _free = new Stack<HostStorage>?[ClassCount];
    private HostStorage? _arrivals;
    private long _pooledBytes;
    private long _allocatedBytes;

    /// <summary>Bytes of tensor memory that this thread has taken from the runtime so far: flat in steady state.</summary>
    internal static long AllocatedBytes => Current._allocatedBytes;

    private static StoragePool Current => _current ??= new StoragePool();

    /// <summary>A block for so many bytes: the one place where the length of tensor memory is checked.</summary>
    /// <param name="bytes">How many.</param>
    /// <param name="zeroed">Whether they are to be zeros.</param>
    /// <exception cref="TensorShapeException">They are more than one block holds.</exception>
    internal static HostStorage Rent(long bytes, bool zeroed = false)
    {
        if ((ulong)bytes > (ulong)HostStorage.MaximumBytes)
        {
            throw new TensorShapeException($"a tensor takes at most {HostStorage.MaximumBytes} bytes; this one would take {bytes}. "
                + "Split it along an axis: fewer rows, examples or directions at a time, or several parameters in place of one");
        }

        int sizeClass = SizeClassOf(bytes, out long capacity);
        var pool = Current;
        if (!pool.TryTake(sizeClass, out var storage) && !(pool.Collect() && pool.TryTake(sizeClass, out storage)))
        {
            storage = new HostStorage(pool, capacity, sizeClass, zeroed);
            pool._allocatedBytes += capacity;
            storage.Lend(bytes);
            return storage;
        }

        storage.Lend(bytes);
        if (zeroed)
            storage.Clear(0, bytes);
        return storage;
    }

    internal static void Return(HostStorage storage)
    {
        var home = storage.Home;
        if (home == _current)
            home.Put(storage);
        else
            home.Send(storage);
    }

    private bool TryTake(int sizeClass, [NotNullWhen(true)] out HostStorage? storage)
    {
        storage = null;
        if (_free[sizeClass] is not { } stack || !stack.TryPop(out storage))
            return false;
        _pooledBytes -= storage.Capacity;
        return true;
    }

    private void Put(HostStorage storage)
    {
        if (_pooledBytes + storage.Capacity > Limit)
            return;
        _pooledBytes += storage.Capacity;
        (_free[storage.SizeClass] ??= new Stack<HostStorage>()).Push(storage);
    }

    /// <summary>Gives a block back from another thread.</summary>
    private void Send(HostStorage storage)
    {
        do
        {
            storage.NextArrival = Volatile.Read(ref _arrivals);
        }
        while (Interlocked.CompareExchange(ref _arrivals, storage, storage.NextArrival) != storage.NextArrival);
    }

    /// <summary>Takes in what other threads gave back; whether there was anything.</summary>
    private bool Collect()
    {
        if (Volatile.Read(ref _arrivals) is null)
            return false;
        var arrival = Interlocked.Exchange(ref _arrivals, null);
        while (arrival is not null)
        {
            var next = arrival.NextArrival;
            arrival.NextArrival = null;
            Put(arrival);
            arrival = next;
        }

        return true;
    }

    /// <summary>The class of the smallest block that holds so many bytes: 64, 80, 96, 112, 128, 160, ..., and the largest that there is.</summary>
    internal static int SizeClassOf(long bytes, out long capacity)
    {
        bytes = Math.Max(bytes, MinimumBytes);
        int exponent = BitOperations.Log2((ulong)bytes);
        long quarter = 1L << (exponent - 2);
        long steps = (bytes - (1L << exponent) + quarter - 1) / quarter;
        capacity = Math.Min((1L << exponent) + (steps * quarter), HostStorage.MaximumBytes);
        return (4 * (exponent - 6)) + (int)steps;
    }
}
