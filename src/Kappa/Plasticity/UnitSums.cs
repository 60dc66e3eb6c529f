using Kappa.Tensors;
using Kappa.Tensors.Kernels;

namespace Kappa.Plasticity;

/// <summary>Sums over everything but the units.</summary>
internal static class UnitSums
{
    /// <summary>The sum of |x| for each unit, with x seen as <c>[rows, units, block]</c>. Scratch memory belongs to the caller's scope.</summary>
    internal static double[] OfMagnitudes(Tensor x, int units)
    {
        var backend = Backend.Current;
        int rows = x.Shape[0];
        int block = x.Count / rows / units;
        var magnitudes = Tensor.Uninitialized(x.Shape, x.DataType);
        backend.Unary(UnaryKernel.Abs, x, magnitudes);
        if (block > 1)
        {
            var sums = Tensor.Uninitialized([rows, units], x.DataType);
            backend.Sum(magnitudes, rows * units, block, 1, 1, sums, accumulate: false);
            magnitudes = sums;
        }

        var result = Tensor.Uninitialized([units], x.DataType);
        backend.Sum(magnitudes, 1, rows, units, 1, result, accumulate: false);
        return [.. Enumerable.Range(0, units).Select(result.ElementAsDouble)];
    }
}
