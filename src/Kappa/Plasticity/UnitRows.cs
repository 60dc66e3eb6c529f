using Kappa.Tensors;

namespace Kappa.Plasticity;

/// <summary>The rows of a tensor that belong to units, one after the other.</summary>
internal static class UnitRows
{
    /// <summary>Zeroes the rows of units.</summary>
    internal static void Clear(Tensor tensor, int length, IReadOnlyList<int> units)
    {
        foreach (int unit in units)
            Slice(tensor, unit * length, length).Clear();
    }

    /// <summary>The bytes of elements that follow each other.</summary>
    internal static Span<byte> Slice(Tensor tensor, int start, int length)
    {
        int size = tensor.DataType.SizeOf();
        return tensor.WritableBytes().Slice(start * size, length * size);
    }
}
