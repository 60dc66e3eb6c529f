namespace Kappa.Preconditioning;

/// <summary>Which second moment <see cref="DoPr"/> preconditions the gradient of a convolution by.</summary>
public enum ConvolutionStatistics
{
    /// <summary>
    /// That of the unfolded patches, <c>[in kernel^2, in kernel^2]</c>, with a row for each pixel of the output (KFC: Grosse and Martens, 2016, arXiv
    /// 1602.01407). Exact: the convolution is a linear layer on patches.
    /// </summary>
    Patches,

    /// <summary>
    /// That of the channels over all pixels of the input, <c>[in, in]</c>, applied to each element of the kernel: what KFC becomes if activations at different
    /// places are uncorrelated (SUA, the same source). Cheap, and an approximation but for 1 x 1 kernels.
    /// </summary>
    Channels,

    /// <summary>None: convolutions keep their plain gradient.</summary>
    None,
}
