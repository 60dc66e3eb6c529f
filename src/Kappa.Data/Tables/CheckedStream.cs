namespace Kappa.Data.Tables;

/// <summary>An entry of a zip archive, whose bytes are checked against the sum that the archive has of them: an entry that is not packed would be read
/// whatever became of it.</summary>
/// <remarks>CRC-32 of ISO 3309, polynomial 0xEDB88320.</remarks>
internal sealed class CheckedStream(Stream inner, uint expected) : Stream
{
    private static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(i => Enumerable.Range(0, 8)
        .Aggregate((uint)i, (sum, _) => (sum & 1) == 0 ? sum >> 1 : (sum >> 1) ^ 0xEDB88320))];

    private uint _sum = uint.MaxValue;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Checks the sum, once all was read.</summary>
    /// <exception cref="InvalidDataException">Bytes follow, or the sum is another one.</exception>
    internal void RequireWhole()
    {
        if (ReadByte() >= 0 || ~_sum != expected)
            throw new InvalidDataException("the check sum of an array is wrong.");
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        int count = inner.Read(buffer);
        foreach (byte value in buffer[..count])
            _sum = Table[(byte)(_sum ^ value)] ^ (_sum >> 8);
        return count;
    }

    /// <inheritdoc/>
    public override void Flush() => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }
}
