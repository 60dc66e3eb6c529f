using Kappa.Tensors;
using Kappa.TorchSharp.Kernels;
using TorchSharp;

namespace Kappa.TorchSharp;

/// <summary>Tensors of libtorch as Kappa's, and the reverse, over the same memory.</summary>
/// <remarks>
/// Neither records what the other does: gradients do not cross. What is written through one is seen through the other; that libtorch wrote is not noticed by
/// the check that a value which an operation saved has not changed since.
/// </remarks>
public static class TorchTensors
{
    /// <summary>A tensor of Kappa's over the memory of one of libtorch, without a copy.</summary>
    /// <param name="tensor">Contiguous, of Float32, Float64, Int32 or Int64. It may be disposed: the memory lives as long as somebody looks at it.</param>
    /// <returns>On <see cref="TorchDevice.Of"/> its device.</returns>
    /// <exception cref="ArgumentException">It is not contiguous, or of another type.</exception>
    public static Tensor AsKappa(this torch.Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (!tensor.is_contiguous())
        {
            throw new ArgumentException(
                $"a tensor of Kappa's is contiguous; this one, [{string.Join(", ", tensor.shape)}], is a view. Call contiguous(), which copies",
                nameof(tensor));
        }

        var type = TorchTypes.TypeOf(tensor.dtype);
        var device = TorchDevice.Of(tensor.device);
        using var quiet = torch.no_grad();
        var flat = tensor.detach().view(-1).DetachFromDisposeScope();
        return new Tensor(new TorchStorage(device, flat), new Shape([.. tensor.shape.Select(length => checked((int)length))]), type);
    }

    /// <summary>A tensor of libtorch over the memory of one of Kappa's on a device of libtorch, without a copy.</summary>
    /// <param name="tensor">On a device of <see cref="TorchDevice"/>.</param>
    /// <returns>To be disposed by the caller, as libtorch's tensors are. Valid while the tensor is.</returns>
    /// <exception cref="ArgumentException">It is elsewhere.</exception>
    public static torch.Tensor AsTorch(this Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return tensor.Storage is TorchStorage
            ? TorchBackend.View(tensor)
            : throw new ArgumentException($"the tensor {tensor.Shape} is on {tensor.Device}. Copy it first: tensor.To(TorchDevice.Cpu)", nameof(tensor));
    }
}
