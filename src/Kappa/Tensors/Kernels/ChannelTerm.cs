namespace Kappa.Tensors.Kernels;

/// <summary>One term of a sum over [batch, channels, pixels]: a tensor, less a shift where there is one, times a factor, both for each channel.</summary>
internal readonly record struct ChannelTerm(Tensor Tensor, double[] Factors, double[]? Shifts = null);
