using System.Buffers;
using Kappa.Tensors;

namespace Kappa.Checkpoints;

/// <summary>The bytes of a tensor as a memory, without a copy: to write a file from.</summary>
internal sealed class BytesOfTensor : MemoryManager<byte>
{
    private readonly Tensor _tensor;

    private BytesOfTensor(Tensor tensor) => _tensor = tensor;

    public static ReadOnlyMemory<byte> View(Tensor tensor) => new BytesOfTensor(tensor.OnHost()).CreateMemory(tensor.Count * tensor.DataType.SizeOf());

    public override unsafe Span<byte> GetSpan() => new(_tensor.Pointer<byte>(), _tensor.Bytes.Length);

    /// <summary>The memory of a tensor never moves.</summary>
    public override unsafe MemoryHandle Pin(int elementIndex = 0) => new(_tensor.Pointer<byte>() + elementIndex);

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
    }
}
