using System.Runtime.InteropServices;

namespace Kappa.Data;

/// <summary>The bytes of tensors, for hashes.</summary>
internal static class TensorBytes
{
    internal static ReadOnlySpan<byte> Of(Tensor tensor) => tensor.DataType switch
    {
        DataType.Float32 => MemoryMarshal.AsBytes(tensor.ReadOnlyValues<float>()),
        DataType.Float64 => MemoryMarshal.AsBytes(tensor.ReadOnlyValues<double>()),
        DataType.Int64 => MemoryMarshal.AsBytes(tensor.ReadOnlyValues<long>()),
        _ => MemoryMarshal.AsBytes(tensor.ReadOnlyValues<int>()),
    };
}
