using System.Buffers;
using System.Runtime.InteropServices;

namespace Kappa.Checkpoints;

/// <summary>The bytes of a memory of numbers, without a copy.</summary>
/// <remarks>The library converts a span of numbers to bytes but not a memory; this is its missing cast, for reading only.</remarks>
internal sealed class BytesOfMemory<T> : MemoryManager<byte>
    where T : unmanaged
{
    private readonly ReadOnlyMemory<T> _values;

    private BytesOfMemory(ReadOnlyMemory<T> values) => _values = values;

    public static unsafe ReadOnlyMemory<byte> View(ReadOnlyMemory<T> values)
    {
        long bytes = (long)values.Length * sizeof(T);
        if (bytes > int.MaxValue)
        {
            throw new NotSupportedException($"Expected at most {int.MaxValue} bytes in one tensor, got {bytes}; split it.");
        }
        return new BytesOfMemory<T>(values).CreateMemory((int)bytes);
    }

    public override Span<byte> GetSpan() => MemoryMarshal.AsBytes(MemoryMarshal.AsMemory(_values).Span);

    public override unsafe MemoryHandle Pin(int elementIndex = 0)
    {
        var pin = _values.Pin();
        return new MemoryHandle((byte*)pin.Pointer + elementIndex, default, new Unpinner(pin));
    }

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
    }

    /// <summary>Frees the inner pin when the outer handle is disposed.</summary>
    private sealed class Unpinner(MemoryHandle pin) : IPinnable
    {
        private MemoryHandle _pin = pin;

        public MemoryHandle Pin(int elementIndex) => _pin;

        public void Unpin() => _pin.Dispose();
    }
}
