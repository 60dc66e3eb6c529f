namespace Kappa.Tensors.Kernels;

/// <summary>One term of a sum over [batch, channels, pixels]: a tensor, less a shift where there is one, times a factor, both for each channel: [channels] in
/// Float64.</summary>
internal readonly record struct ChannelTerm(Tensor Tensor, Tensor Factors, Tensor? Shifts = null);
