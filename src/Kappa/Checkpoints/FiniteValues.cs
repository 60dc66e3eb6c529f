using System.Numerics.Tensors;
using Kappa.Networks;
using Kappa.Tensors;
using Kappa.Tensors.Differentiation;
using Tensor = Kappa.Tensors.Tensor;

namespace Kappa.Checkpoints;

/// <summary>Looks for numbers that no run can go on from: a parameter that is NaN or infinite, and NaN anywhere else.</summary>
/// <remarks>A buffer may hold infinities, as a mask does.</remarks>
internal static class FiniteValues
{
    /// <summary>The first such number of the values of a model.</summary>
    /// <param name="values">The values, by name.</param>
    /// <param name="model">Tells parameters from buffers.</param>
    /// <returns>The tensor, its shape, the number and its index; null where there is none.</returns>
    internal static string? FirstFault(StateDict values, Module model)
    {
        var parameters = model.Parameters().Select(parameter => parameter.Name).ToHashSet(StringComparer.Ordinal);
        return FirstFault(values, parameters.Contains);
    }

    /// <summary>The first such number of an optimizer's tensors.</summary>
    /// <param name="values">The tensors, by name.</param>
    /// <returns>As of a model.</returns>
    internal static string? FirstFault(StateDict values) => FirstFault(values, _ => false);

    private static string? FirstFault(StateDict values, Func<string, bool> mustBeFinite)
    {
        foreach (var (name, tensor) in values)
        {
            var host = tensor.OnHost();
            double largest = Largest(host);
            bool isParameter = mustBeFinite(name);
            if (!double.IsNaN(largest) && !(double.IsInfinity(largest) && isParameter))
                continue;
            int bad = 0;
            while (isParameter ? double.IsFinite(host.ElementAsDouble(bad)) : !double.IsNaN(host.ElementAsDouble(bad)))
                bad++;
            return $"{name} {tensor.Shape} holds {tensor.ElementAsDouble(bad)} at index {NonFiniteDiagnosis.Position(tensor, bad)}";
        }

        return null;
    }

    /// <summary>The largest magnitude; NaN where there is one.</summary>
    private static double Largest(Tensor tensor) => tensor.Count == 0 || !tensor.DataType.IsFloating() ? 0
        : tensor.DataType == DataType.Float32 ? Math.Abs(TensorPrimitives.MaxMagnitude(tensor.ReadOnlyValues<float>()))
        : Math.Abs(TensorPrimitives.MaxMagnitude(tensor.ReadOnlyValues<double>()));
}
