namespace Kappa.Tensors.Kernels;

/// <summary>For each channel, the sum of a - shiftA, and of (a - shiftA)(b - shiftB).</summary>
internal readonly record struct ChannelSums(double[] Sum, double[] Product);
