namespace Kappa.Tensors.Kernels;

/// <summary>What a batch normalisation by given statistics does to a channel: (x - shift) factor + offset, in double precision.</summary>
/// <param name="Factors">For each channel, its weight over the root of its variance.</param>
/// <param name="Shifts">For each channel, its mean.</param>
/// <param name="Offsets">For each channel, its bias.</param>
internal sealed record ChannelNormalization(double[] Factors, double[] Shifts, double[] Offsets);
