using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Kappa.Tensors.Memory;

/// <summary>A pinned, 64-byte aligned block of the host's memory.</summary>
/// <remarks>
/// Managed memory: a block that nobody released is collected like any object. A block whose last reference is
/// released goes back to its <see cref="StoragePool"/> instead, so that a training step in steady state allocates nothing.
/// In debug builds the bytes behind the lent ones hold a pattern, and a kernel that wrote over it is found when the block is used or released.
/// </remarks>
internal sealed unsafe class HostStorage : TensorStorage
{
    internal const int Alignment = 64;

    private const byte Guard = 0xA5;

#if DEBUG
    private const int GuardBytes = 64;
#else
    private const int GuardBytes = 0;
#endif

    // Holding the array keeps the pinned memory alive; Pointer is its first aligned byte.
    private readonly byte[] _bytes;

    internal HostStorage(StoragePool home, long capacity, int sizeClass, bool isZeroed)
        : base(Device.Cpu)
    {
        int length = (int)Math.Min(capacity + Alignment + GuardBytes, Array.MaxLength);
        // The runtime does not write zeros to memory that comes fresh from the system, so that what is never written takes none.
        _bytes = isZeroed ? GC.AllocateArray<byte>(length, pinned: true) : GC.AllocateUninitializedArray<byte>(length, pinned: true);
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

    /// <summary>The pool of the thread that took the block from the runtime.</summary>
    internal StoragePool Home { get; }

    /// <summary>The next in the list of blocks on their way home.</summary>
    internal HostStorage? NextArrival { get; set; }

    internal long Capacity { get; }

    internal int SizeClass { get; }

    /// <summary>Begins a use of the block for so many bytes.</summary>
    internal void Lend(long bytes)
    {
        Debug.Assert(bytes >= 0 && bytes <= Capacity && bytes <= End, "the block is too small");
        Begin(bytes);
        PutGuard();
    }

    /// <inheritdoc/>
    internal override void CopyTo(long start, Span<byte> destination) => new ReadOnlySpan<byte>(Pointer + start, destination.Length).CopyTo(destination);

    /// <inheritdoc/>
    internal override void CopyFrom(long start, ReadOnlySpan<byte> source) => source.CopyTo(new Span<byte>(Pointer + start, source.Length));

    /// <inheritdoc/>
    internal override void Clear(long start, long bytes) => new Span<byte>(Pointer + start, (int)bytes).Clear();

    /// <inheritdoc/>
    internal override void CheckGuard() => Debug.Assert(!GuardSpan.ContainsAnyExcept(Guard), $"something wrote behind the {Length} bytes of a block");

    /// <inheritdoc/>
    internal override ulong ChecksumOfContents() => Checksum.Of(new ReadOnlySpan<byte>(Pointer, (int)Length));

    /// <inheritdoc/>
    internal override void Free()
    {
        CheckGuard();
        StoragePool.Return(this);
    }

    [Conditional("DEBUG")]
    private void PutGuard() => GuardSpan.Fill(Guard);

    private Span<byte> GuardSpan => new(Pointer + Length, (int)Math.Min(GuardBytes, End - Length));

    /// <summary>The bytes from the first aligned one to the end of the array.</summary>
    private long End => _bytes.LongLength - (Pointer - (byte*)Unsafe.AsPointer(ref _bytes[0]));
}
