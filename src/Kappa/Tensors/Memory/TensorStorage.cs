using System.Runtime.CompilerServices;

namespace Kappa.Tensors.Memory;

/// <summary>A pinned, 64-byte aligned block of memory that one or more tensors look at.</summary>
/// <remarks>
/// Managed memory: a block that nobody released is collected like any object. A block whose last reference is
/// released goes back to its <see cref="StoragePool"/> instead, so that a training step in steady state allocates nothing.
/// </remarks>
internal sealed unsafe class TensorStorage
{
    internal const int Alignment = 64;

    // Holding the array keeps the pinned memory alive; Pointer is its first aligned byte.
    private readonly byte[] _bytes;
    private int _references = 1;

    internal TensorStorage(StoragePool home, long bytes, long capacity, int sizeClass)
    {
        if (bytes > Array.MaxLength - Alignment)
            throw new TensorShapeException($"a tensor takes at most {Array.MaxLength - Alignment} bytes; this one would take {bytes}. Work in smaller batches");
        _bytes = GC.AllocateUninitializedArray<byte>((int)Math.Min(capacity + Alignment, Array.MaxLength), pinned: true);
        Home = home;
        nint start = (nint)Unsafe.AsPointer(ref _bytes[0]);
        Pointer = (byte*)((start + Alignment - 1) & ~(nint)(Alignment - 1));
        Capacity = capacity;
        SizeClass = sizeClass;
    }

    internal byte* Pointer { get; }

    /// <summary>The pool of the thread that took the block from the runtime.</summary>
    internal StoragePool Home { get; }

    /// <summary>The next in the list of blocks on their way home.</summary>
    internal TensorStorage? NextArrival { get; set; }

    internal long Capacity { get; }

    internal int SizeClass { get; }

    /// <summary>Whether exactly one tensor looks at this block, so that it may be written in place.</summary>
    internal bool IsUnique => _references == 1;

    internal void AddReference() => Interlocked.Increment(ref _references);

    internal void Release()
    {
        if (Interlocked.Decrement(ref _references) == 0)
            StoragePool.Return(this);
    }

    internal void Revive() => _references = 1;
}
