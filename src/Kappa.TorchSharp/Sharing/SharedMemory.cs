using Kappa.Tensors;
using Kappa.TorchSharp.Kernels;
using TorchSharp;

namespace Kappa.TorchSharp.Sharing;

/// <summary>Tensors of libtorch under Kappa's fastest kernels for where they are: its own on the host, libtorch's elsewhere.</summary>
internal static class SharedMemory
{
    /// <summary>A tensor of Kappa's over the memory of one of libtorch.</summary>
    /// <param name="tensor">Contiguous, of a type of Kappa's.</param>
    internal static Tensor Of(torch.Tensor tensor)
    {
        if (tensor.device_type != DeviceType.CPU || tensor.numel() == 0)
            return tensor.AsKappa();
        var type = TorchTypes.TypeOf(tensor.dtype);
        using var quiet = torch.no_grad();
        using var detached = tensor.detach();
        var flat = detached.view(-1).DetachFromDisposeScope();
        return new Tensor(new TorchHostStorage(flat), new Shape([.. tensor.shape.Select(length => checked((int)length))]), type);
    }

    /// <summary>The same of a copy, where the tensor is a view.</summary>
    internal static Tensor OfContiguous(torch.Tensor tensor)
    {
        using var quiet = torch.no_grad();
        using var whole = tensor.contiguous();
        return Of(whole);
    }
}
