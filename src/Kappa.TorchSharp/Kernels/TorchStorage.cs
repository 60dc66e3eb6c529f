using Kappa.Tensors;
using Kappa.Tensors.Memory;
using TorchSharp;

namespace Kappa.TorchSharp.Kernels;

/// <summary>The memory of a tensor of libtorch.</summary>
internal sealed class TorchStorage : TensorStorage
{
    private torch.Tensor? _flat;

    /// <summary>Takes a tensor over.</summary>
    /// <param name="device">Where it is.</param>
    /// <param name="flat">One axis, contiguous, in no dispose scope.</param>
    internal TorchStorage(Device device, torch.Tensor flat)
        : base(device)
    {
        _flat = flat;
        Begin(flat.numel() * flat.element_size());
    }

    /// <summary>All elements, along one axis.</summary>
    internal torch.Tensor Flat => _flat ?? throw new ObjectDisposedException(nameof(TorchStorage));

    internal override void CopyTo(long start, Span<byte> destination)
    {
        if (destination.IsEmpty)
            return;
        using var scope = torch.NewDisposeScope();
        Range(start, destination.Length).cpu().bytes.CopyTo(destination);
    }

    internal override void CopyFrom(long start, ReadOnlySpan<byte> source)
    {
        if (source.IsEmpty)
            return;
        using var scope = torch.NewDisposeScope();
        using var quiet = torch.no_grad();
        var range = Range(start, source.Length);
        var host = torch.empty(range.numel(), dtype: range.dtype);
        source.CopyTo(host.bytes);
        _ = range.copy_(host);
    }

    internal override void Clear(long start, long bytes)
    {
        if (bytes == 0)
            return;
        using var scope = torch.NewDisposeScope();
        using var quiet = torch.no_grad();
        _ = Range(start, bytes).zero_();
    }

    internal override void Free()
    {
        _flat?.Dispose();
        _flat = null;
    }

    private torch.Tensor Range(long start, long bytes)
    {
        long size = Flat.element_size();
        return Flat.narrow(0, start / size, bytes / size);
    }
}
