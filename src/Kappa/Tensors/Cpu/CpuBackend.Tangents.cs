using Kappa.Tensors.Cpu.Elementwise;
using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Cpu;

/// <content>How derivatives change along tangents.</content>
internal sealed unsafe partial class CpuBackend
{
    internal override void UnarySecondDerivative(UnaryKernel kernel, Tensor x, Tensor y, Tensor gradient, Tensor tangent, Tensor result, bool accumulate)
    {
        if (result.DataType == DataType.Float32)
        {
            UnarySecondDerivatives.Run(
                kernel, x.Pointer<float>(), y.Pointer<float>(), gradient.Pointer<float>(), tangent.Pointer<float>(), result.Pointer<float>(), result.Count,
                accumulate);
        }
        else
        {
            UnarySecondDerivatives.Run(
                kernel, x.Pointer<double>(), y.Pointer<double>(), gradient.Pointer<double>(), tangent.Pointer<double>(), result.Pointer<double>(), result.Count,
                accumulate);
        }
    }

    private static T* Of<T>(Tensor? tensor)
        where T : unmanaged
    {
        return tensor is null ? null : tensor.Pointer<T>();
    }
}
