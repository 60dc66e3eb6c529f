using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Operations;

/// <summary>The kernel behind each <see cref="Activation"/>.</summary>
internal static class ActivationKernels
{
    internal static UnaryKernel Kernel(this Activation activation) => activation switch
    {
        Activation.Identity => UnaryKernel.Identity,
        Activation.Relu => UnaryKernel.Relu,
        Activation.Tanh => UnaryKernel.Tanh,
        Activation.Sigmoid => UnaryKernel.Sigmoid,
        Activation.Gelu => UnaryKernel.Gelu,
        Activation.Silu => UnaryKernel.Silu,
        Activation.SquaredRelu => UnaryKernel.SquaredRelu,
        _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, "not an activation"),
    };
}
