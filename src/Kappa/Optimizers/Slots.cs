using Kappa.Networks;
using Kappa.Tensors;

namespace Kappa.Optimizers;

/// <summary>Tensors that an optimizer keeps for its parameters.</summary>
internal static class Slots
{
    /// <summary>Zeros of a parameter's shape and type that outlive any scope.</summary>
    internal static Tensor ZerosLike(Parameter parameter) => ZerosLike(parameter, parameter.Tensor.DataType);

    /// <summary>Zeros of a parameter's shape that outlive any scope.</summary>
    internal static Tensor ZerosLike(Parameter parameter, DataType type)
    {
        using var outside = TensorScope.Suspend();
        return Tensor.Zeros(parameter.Tensor.Shape, type, parameter.Tensor.Device);
    }
}
