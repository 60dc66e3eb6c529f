using Kappa.Randomness;
using Kappa.Tensors;
using Kappa.Tensors.Kernels;

namespace Kappa.LinearAlgebra.Arithmetic;

/// <summary>Rademacher vectors: every element is 1 or -1, which of all laws with unit variance gives the smallest variance of a trace estimate.</summary>
internal static class RandomSigns
{
    internal static Tensor Draw(int rows, int dimension, DataType type, Device device, Philox generator)
    {
        var result = Tensor.Uninitialized([rows, dimension], type, device);
        using var edit = HostEdit.Over(result);
        if (type == DataType.Float32)
            Fill(edit.Values<float>(), 1, -1, generator);
        else
            Fill(edit.Values<double>(), 1, -1, generator);
        return result;
    }

    private static void Fill<T>(Span<T> values, T plus, T minus, Philox generator)
    {
        uint bits = 0;
        for (int i = 0; i < values.Length; i++, bits >>= 1)
        {
            if (i % 32 == 0)
                bits = generator.NextUInt32();
            values[i] = (bits & 1) == 0 ? plus : minus;
        }
    }
}
