namespace Kappa.Tensors.Kernels;

/// <summary>Where a kernel puts a gradient: nowhere without a tensor; added to what is there when asked.</summary>
internal readonly record struct GradientTarget(Tensor? Tensor, bool Accumulate);
