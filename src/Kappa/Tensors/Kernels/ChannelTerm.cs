namespace Kappa.Tensors.Kernels;

/// <summary>One term of a sum over [batch, channels, pixels]: a tensor times a factor for each channel.</summary>
internal readonly record struct ChannelTerm(Tensor Tensor, double[] Factors);
