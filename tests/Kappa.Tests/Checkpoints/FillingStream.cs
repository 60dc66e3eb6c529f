namespace Kappa.Tests.Checkpoints;

/// <summary>A stream on a disk that several files fill up together.</summary>
internal sealed class FillingStream(Stream inner, Func<int> left, Action<int> use) : Stream
{
    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => inner.Length;

    public override long Position
    {
        get => inner.Position;
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        int fits = Math.Min(left(), buffer.Length);
        inner.Write(buffer[..fits]);
        use(fits);
        if (fits < buffer.Length)
            throw new IOException("No space left on device");
    }

    public override void Flush() => inner.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
