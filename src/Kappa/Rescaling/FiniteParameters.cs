using System.Numerics.Tensors;
using Kappa.Networks;
using Kappa.Tensors;
using Kappa.Tensors.Differentiation;
using Tensor = Kappa.Tensors.Tensor;

namespace Kappa.Rescaling;

/// <summary>Looks for a NaN or an infinity among parameters.</summary>
internal static class FiniteParameters
{
    internal static void Require(IReadOnlyList<Parameter> parameters)
    {
        foreach (var (name, tensor) in parameters)
        {
            if (double.IsFinite(Largest(tensor)))
                continue;
            int bad = tensor.FirstNonFinite();
            throw new NonFiniteException(
                $"the parameter {name} {tensor.Shape} holds {tensor.ElementAsDouble(bad)} at index {NonFiniteDiagnosis.Position(tensor, bad)}; nothing was "
                + "changed. Load a checkpoint from before it arose");
        }
    }

    /// <summary>The largest magnitude; NaN where there is one.</summary>
    internal static double Largest(Tensor tensor) => tensor.Count == 0 ? 0
        : tensor.DataType == DataType.Float32 ? Math.Abs(TensorPrimitives.MaxMagnitude(tensor.ReadOnlyValues<float>()))
        : Math.Abs(TensorPrimitives.MaxMagnitude(tensor.ReadOnlyValues<double>()));
}
