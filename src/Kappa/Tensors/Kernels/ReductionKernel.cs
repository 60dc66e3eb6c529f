namespace Kappa.Tensors.Kernels;

/// <summary>Ways to collapse an axis.</summary>
internal enum ReductionKernel
{
    Sum,
    Max,
}
