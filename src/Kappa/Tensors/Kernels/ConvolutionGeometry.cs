namespace Kappa.Tensors.Kernels;

/// <summary>The lengths of a convolution: input [batch, in, height, width], weight [out, in / groups, kernel height, kernel width], output [batch, out, output
/// height, output width].</summary>
internal readonly record struct ConvolutionGeometry(
    int Batch, int InputChannels, int Height, int Width, int OutputChannels, int KernelHeight, int KernelWidth, int Stride, int Padding,
    int Dilation, int Groups)
{
    /// <summary>Channels of the input that a group reads.</summary>
    internal int GroupInputs => InputChannels / Groups;

    /// <summary>Channels of the output that a group makes.</summary>
    internal int GroupOutputs => OutputChannels / Groups;

    internal int OutputHeight => WindowCount(Height, KernelHeight, Stride, Padding, Dilation);

    internal int OutputWidth => WindowCount(Width, KernelWidth, Stride, Padding, Dilation);

    /// <summary>Pixels in the output of one example.</summary>
    internal int OutputPixels => OutputHeight * OutputWidth;

    /// <summary>Pixels in the input of one example.</summary>
    internal int InputPixels => Height * Width;

    /// <summary>Inputs that one output of a group reads: a row of unfolded patches.</summary>
    internal int PatchLength => GroupInputs * KernelHeight * KernelWidth;

    internal int WeightCount => OutputChannels * PatchLength;

    internal Shape OutputShape => [Batch, OutputChannels, OutputHeight, OutputWidth];

    /// <summary>Whether a patch is a pixel: nothing needs to be unfolded.</summary>
    internal bool IsPointwise => KernelHeight == 1 && KernelWidth == 1 && Stride == 1 && Padding == 0;

    /// <summary>How many windows fit along one axis; 0 or less when none does.</summary>
    internal static int WindowCount(int length, int kernel, int stride, int padding, int dilation)
    {
        long room = length + (2L * padding) - ((long)dilation * (kernel - 1)) - 1;
        return room < 0 ? 0 : (int)((room / stride) + 1);
    }
}
