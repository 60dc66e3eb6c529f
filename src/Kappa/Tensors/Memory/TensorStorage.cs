using System.Diagnostics;

namespace Kappa.Tensors.Memory;

/// <summary>A block of a device's memory that one or more tensors look at.</summary>
/// <param name="device">The device.</param>
internal abstract unsafe class TensorStorage(Device device)
{
    private static long _lastId;

    private int _references = 1;
    private long _savedVersion = -1;
    private ulong? _exposedChecksum;

    /// <summary>Whose memory it is.</summary>
    internal Device Device => device;

    /// <summary>The first byte of memory that the host can reach; null where it cannot.</summary>
    internal byte* Pointer { get; init; }

    /// <summary>The bytes that were asked for: nobody reads or writes behind them.</summary>
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
        if (Interlocked.Decrement(ref _references) == 0)
            Free();
    }

    /// <summary>The contents are about to be written.</summary>
    internal void MarkChanged() => Version++;

    /// <summary>A span to write through is about to be given out. What was saved before can only be told from its contents at this moment.</summary>
    internal void Expose()
    {
        if (IsExposed)
            return;
        IsExposed = true;
        _exposedChecksum = _savedVersion == Version ? ChecksumOfContents() : null;
    }

    /// <summary>The contents as they are now, to be compared with later.</summary>
    internal StorageMark Mark()
    {
        _savedVersion = Version;
        return new StorageMark(Version, IsExposed ? ChecksumOfContents() : null);
    }

    /// <summary>Whether the contents are what they were when the mark was taken.</summary>
    internal bool IsStill(StorageMark mark)
    {
        if (mark.Version != Version || !IsExposed)
            return mark.Version == Version;
        return (mark.Checksum ?? _exposedChecksum) is not { } checksum || checksum == ChecksumOfContents();
    }

    /// <summary>Copies bytes to the host.</summary>
    /// <param name="start">The first.</param>
    /// <param name="destination">Where to; its length is the number of bytes.</param>
    internal abstract void CopyTo(long start, Span<byte> destination);

    /// <summary>Copies bytes from the host.</summary>
    /// <param name="start">The first.</param>
    /// <param name="source">Where from; its length is the number of bytes.</param>
    internal abstract void CopyFrom(long start, ReadOnlySpan<byte> source);

    /// <summary>Makes bytes zero.</summary>
    /// <param name="start">The first.</param>
    /// <param name="bytes">How many.</param>
    internal abstract void Clear(long start, long bytes);

    /// <summary>Gives the memory back: no tensor looks at it any more.</summary>
    internal abstract void Free();

    /// <summary>A number that tells contents apart.</summary>
    internal virtual ulong ChecksumOfContents()
    {
        byte[] contents = new byte[Length];
        CopyTo(0, contents);
        return Checksum.Of(contents);
    }

    /// <summary>Finds, in debug builds, that somebody wrote behind the end.</summary>
    [Conditional("DEBUG")]
    internal virtual void CheckGuard()
    {
    }

    /// <summary>Begins a use of the block, by one tensor.</summary>
    /// <param name="bytes">What was asked for.</param>
    internal void Begin(long bytes)
    {
        _references = 1;
        Length = bytes;
        IsExposed = false;
        Version++;
    }
}
