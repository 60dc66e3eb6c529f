using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Kappa.Tensors;
using Kappa.Tensors.Memory;
using TorchSharp;

namespace Kappa.TorchSharp.Kernels;

/// <summary>The memory of a tensor of libtorch on the host, for Kappa's own kernels.</summary>
internal sealed unsafe class TorchHostStorage : TensorStorage
{
    private torch.Tensor? _flat;

    /// <summary>Takes a tensor over.</summary>
    /// <param name="flat">One axis, contiguous, on the host, in no dispose scope.</param>
    internal TorchHostStorage(torch.Tensor flat)
        : base(Device.Cpu)
    {
        _flat = flat;
        Pointer = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(flat.bytes));
        Begin(flat.numel() * flat.element_size());
    }

    internal override void CopyTo(long start, Span<byte> destination) => new ReadOnlySpan<byte>(Pointer + start, destination.Length).CopyTo(destination);

    internal override void CopyFrom(long start, ReadOnlySpan<byte> source) => source.CopyTo(new Span<byte>(Pointer + start, source.Length));

    internal override void Clear(long start, long bytes) => new Span<byte>(Pointer + start, checked((int)bytes)).Clear();

    internal override void Free()
    {
        _flat?.Dispose();
        _flat = null;
    }
}
