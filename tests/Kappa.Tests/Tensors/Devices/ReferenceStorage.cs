using Kappa.Tensors;
using Kappa.Tensors.Memory;

namespace Kappa.Tests.Tensors.Devices;

/// <summary>Memory that the host cannot reach: copies alone lead there.</summary>
internal sealed class ReferenceStorage : TensorStorage
{
    private byte[]? _bytes;

    internal ReferenceStorage(Device device, long bytes)
        : base(device)
    {
        _bytes = new byte[bytes];
        // What nobody has written is not zero by chance.
        Array.Fill(_bytes, (byte)0x7F);
        Begin(bytes);
    }

    internal byte[] Bytes => _bytes ?? throw new ObjectDisposedException(nameof(ReferenceStorage));

    internal override void CopyTo(long start, Span<byte> destination) => Bytes.AsSpan((int)start, destination.Length).CopyTo(destination);

    internal override void CopyFrom(long start, ReadOnlySpan<byte> source) => source.CopyTo(Bytes.AsSpan((int)start));

    internal override void Clear(long start, long bytes) => Bytes.AsSpan((int)start, (int)bytes).Clear();

    internal override void Free() => _bytes = null;
}
