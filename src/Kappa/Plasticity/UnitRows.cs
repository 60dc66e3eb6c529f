using Kappa.Tensors;

namespace Kappa.Plasticity;

/// <summary>The rows of a tensor that belong to units, one after the other.</summary>
internal static class UnitRows
{
    /// <summary>Zeroes the rows of units.</summary>
    internal static void Clear(Tensor tensor, int length, IReadOnlyList<int> units)
    {
        foreach (int unit in units)
            tensor.ClearRange(unit * length, length);
    }
}
