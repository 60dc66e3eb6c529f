using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Cpu.Updates;

/// <summary>Signum's step.</summary>
internal readonly struct SignumKernel : IUpdateKernel<SignumUpdate>
{
    public static Tensor ValueOf(in SignumUpdate update) => update.Value;

    public static void Run(in SignumUpdate update, int start, int length)
    {
        if (update.Value.DataType == DataType.Float32)
            SignKernels.Signum<float>(in update, start, length);
        else
            SignKernels.Signum<double>(in update, start, length);
    }
}
