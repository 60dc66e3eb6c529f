using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Cpu.Updates;

/// <summary>AdamW's step.</summary>
internal readonly struct AdamWKernel : IUpdateKernel<AdamWUpdate>
{
    public static Tensor ValueOf(in AdamWUpdate update) => update.Value;

    public static void Run(in AdamWUpdate update, int start, int length)
    {
        if (update.SecondMoment.DataType != update.Value.DataType)
            WideAdamW.Run(in update, start, length);
        else if (update.Value.DataType == DataType.Float32)
            OptimizerKernels.AdamW<float>(in update, start, length);
        else
            OptimizerKernels.AdamW<double>(in update, start, length);
    }
}
