using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Kappa.Tensors.Memory;

/// <summary>A pinned, 64-byte aligned block of memory that one or more tensors look at.</summary>
/// <remarks>
/// Managed memory: a block that nobody released is collected like any object. A block whose last reference is
/// released goes back to its <see cref="StoragePool"/> instead, so that a training step in steady state allocates nothing.
/// In debug builds the bytes behind the lent ones hold a pattern, and a kernel that wrote over it is found when the block is used or released.
/// </remarks>
internal sealed unsafe class TensorStorage
{
    internal const int Alignment = 64;

    private const byte Guard = 0xA5;

#if DEBUG
    private const int GuardBytes = 64;
#else
    private const int GuardBytes = 0;
#endif

    private static long _lastId;

    // Holding the array keeps the pinned memory alive; Pointer is its first aligned byte.
    private readonly byte[] _bytes;
    private int _references = 1;
    private long _savedVersion = -1;
    private ulong? _exposedChecksum;

    internal TensorStorage(StoragePool home, long capacity, int sizeClass)
    {
        _bytes = GC.AllocateUninitializedArray<byte>((int)Math.Min(capacity + Alignment + GuardBytes, Array.MaxLength), pinned: true);
        Home = home;
        nint start = (nint)Unsafe.AsPointer(ref _bytes[0]);
        Pointer = (byte*)((start + Alignment - 1) & ~(nint)(Alignment - 1));
        Capacity = capacity;
        SizeClass = sizeClass;
    }

    /// <summary>
    /// The most bytes of one block, and so of one tensor: what the longest managed array holds once its first byte is aligned. Every length of tensor memory is
    /// checked against it in <see cref="StoragePool.Rent"/>. An element takes four bytes or more, so that the index of an element, and a product of lengths
    /// within one tensor, fit into an int.
    /// </summary>
    internal static long MaximumBytes => (Array.MaxLength - Alignment) / Alignment * Alignment;

    internal byte* Pointer { get; }

    /// <summary>The pool of the thread that took the block from the runtime.</summary>
    internal StoragePool Home { get; }

    /// <summary>The next in the list of blocks on their way home.</summary>
    internal TensorStorage? NextArrival { get; set; }

    internal long Capacity { get; }

    internal int SizeClass { get; }

    /// <summary>The bytes that were asked for, at most <see cref="Capacity"/>: nobody reads or writes behind them.</summary>
    internal long Length { get; private set; }

    /// <summary>A number that no other block has.</summary>
    internal long Id { get; } = Interlocked.Increment(ref _lastId);

    /// <summary>Grows with every change of the contents that the library makes, and when the block is lent again; never starts anew.</summary>
    internal long Version { get; private set; }

    /// <summary>Whether a user was given a span to write through, so that the contents can change without a new <see cref="Version"/>.</summary>
    internal bool IsExposed { get; private set; }

    /// <summary>Whether exactly one tensor looks at this block, so that it may be written in place.</summary>
    internal bool IsUnique => _references == 1;

    internal void AddReference() => Interlocked.Increment(ref _references);

    internal void Release()
    {
        if (Interlocked.Decrement(ref _references) != 0)
            return;
        CheckGuard();
        StoragePool.Return(this);
    }

    /// <summary>Begins a use of the block for so many bytes.</summary>
    internal void Lend(long bytes)
    {
        Debug.Assert(bytes >= 0 && bytes <= Capacity && bytes <= End, "the block is too small");
        _references = 1;
        Length = bytes;
        IsExposed = false;
        Version++;
        PutGuard();
    }

    /// <summary>The contents are about to be written.</summary>
    internal void MarkChanged() => Version++;

    /// <summary>A span to write through is about to be given out. What was saved before can only be told from its contents at this moment.</summary>
    internal void Expose()
    {
        if (IsExposed)
            return;
        IsExposed = true;
        _exposedChecksum = _savedVersion == Version ? Checksum.Of(Contents) : null;
    }

    /// <summary>The contents as they are now, to be compared with later.</summary>
    internal StorageMark Mark()
    {
        _savedVersion = Version;
        return new StorageMark(Version, IsExposed ? Checksum.Of(Contents) : null);
    }

    /// <summary>Whether the contents are what they were when the mark was taken.</summary>
    internal bool IsStill(StorageMark mark)
    {
        if (mark.Version != Version || !IsExposed)
            return mark.Version == Version;
        return (mark.Checksum ?? _exposedChecksum) is not { } checksum || checksum == Checksum.Of(Contents);
    }

    /// <summary>Finds, in debug builds, that somebody wrote behind the end.</summary>
    [Conditional("DEBUG")]
    internal void CheckGuard() => Debug.Assert(!GuardSpan.ContainsAnyExcept(Guard), $"something wrote behind the {Length} bytes of a block");

    [Conditional("DEBUG")]
    private void PutGuard() => GuardSpan.Fill(Guard);

    private ReadOnlySpan<byte> Contents => new(Pointer, (int)Length);

    private Span<byte> GuardSpan => new(Pointer + Length, (int)Math.Min(GuardBytes, End - Length));

    /// <summary>The bytes from <see cref="Pointer"/> to the end of the array.</summary>
    private long End => _bytes.LongLength - (Pointer - (byte*)Unsafe.AsPointer(ref _bytes[0]));
}
