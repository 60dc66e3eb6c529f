using Kappa.Networks;
using Kappa.Optimizers;
using Kappa.Tensors;

namespace Kappa.Plasticity;

/// <summary>How large the elements of a tensor are.</summary>
internal static class Scale
{
    /// <summary>sqrt(mean(x^2)); 0 for an empty tensor.</summary>
    internal static double RootMeanSquare(Tensor tensor) => tensor.Count == 0 ? 0 : tensor.Backend.Norm(tensor) / Math.Sqrt(tensor.Count);

    /// <summary>What the root mean square of a parameter was multiplied by when it was rescaled; 1 for a parameter of zeros.</summary>
    internal static double Growth(StateTransport transport, Parameter parameter)
    {
        using var scope = TensorScope.Begin();
        var before = parameter.Tensor.Clone();
        transport.Undo(parameter, before);
        double size = RootMeanSquare(before);
        return size > 0 ? RootMeanSquare(parameter.Tensor) / size : 1;
    }
}
