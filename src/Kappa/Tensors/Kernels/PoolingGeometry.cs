namespace Kappa.Tensors.Kernels;

/// <summary>The lengths of a pooling: planes [height, width] of all channels of all examples, and a square window.</summary>
internal readonly record struct PoolingGeometry(int Planes, int Height, int Width, int Kernel, int Stride, int Padding)
{
    internal int OutputHeight => ConvolutionGeometry.WindowCount(Height, Kernel, Stride, Padding, 1);

    internal int OutputWidth => ConvolutionGeometry.WindowCount(Width, Kernel, Stride, Padding, 1);

    internal int OutputPixels => OutputHeight * OutputWidth;

    internal int InputPixels => Height * Width;
}
