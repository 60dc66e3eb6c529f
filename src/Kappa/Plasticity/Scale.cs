using Kappa.Tensors;
using Kappa.Tensors.Kernels;

namespace Kappa.Plasticity;

/// <summary>How large the elements of a tensor are.</summary>
internal static class Scale
{
    /// <summary>sqrt(mean(x^2)); 0 for an empty tensor.</summary>
    internal static double RootMeanSquare(Tensor tensor) => tensor.Count == 0 ? 0 : Math.Sqrt(Backend.Current.SumOfSquares(tensor) / tensor.Count);
}
