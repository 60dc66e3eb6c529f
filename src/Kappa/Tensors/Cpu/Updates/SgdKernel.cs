using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Cpu.Updates;

/// <summary>The step of gradient descent.</summary>
internal readonly struct SgdKernel : IUpdateKernel<SgdUpdate>
{
    public static Tensor ValueOf(in SgdUpdate update) => update.Value;

    public static void Run(in SgdUpdate update, int start, int length)
    {
        if (update.Value.DataType == DataType.Float32)
            OptimizerKernels.Sgd<float>(in update, start, length);
        else
            OptimizerKernels.Sgd<double>(in update, start, length);
    }
}
