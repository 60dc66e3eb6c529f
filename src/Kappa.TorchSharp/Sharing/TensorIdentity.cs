using TorchSharp;

namespace Kappa.TorchSharp.Sharing;

/// <summary>Which tensor of libtorch's it is: a tied weight has a handle of its own in each layer.</summary>
internal static unsafe class TensorIdentity
{
    /// <summary>The address of the tensor behind the handle: an at::Tensor is a pointer to its implementation and nothing else.</summary>
    internal static nint Of(torch.Tensor tensor) => *(nint*)tensor.Handle;
}
