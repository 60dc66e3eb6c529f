using Kappa.Tensors;
using TorchSharp;

namespace Kappa.TorchSharp.Kernels;

/// <summary>Element types in the words of either library.</summary>
internal static class TorchTypes
{
    internal static torch.ScalarType Of(DataType type) => type switch
    {
        DataType.Float32 => torch.ScalarType.Float32,
        DataType.Float64 => torch.ScalarType.Float64,
        DataType.Int64 => torch.ScalarType.Int64,
        _ => torch.ScalarType.Int32,
    };

    internal static DataType TypeOf(torch.ScalarType type) => type switch
    {
        torch.ScalarType.Float32 => DataType.Float32,
        torch.ScalarType.Float64 => DataType.Float64,
        torch.ScalarType.Int64 => DataType.Int64,
        torch.ScalarType.Int32 => DataType.Int32,
        _ => throw new ArgumentException($"Kappa's tensors are Float32, Float64, Int32 or Int64; got {type}. Convert it first, such as by to(torch.float32)"),
    };
}
