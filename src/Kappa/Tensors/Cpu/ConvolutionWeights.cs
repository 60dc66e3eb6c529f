using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Cpu;

/// <summary>The orders of a convolution's weights: [out, in, kernel] as users see them, [out, kernel, in] to match patches with the channels last.</summary>
internal static unsafe class ConvolutionWeights
{
    /// <summary>[out][kernel][in] from [out][in][kernel].</summary>
    internal static void ToChannelsLast<T>(in ConvolutionGeometry g, T* weight, T* result)
        where T : unmanaged
    {
        int kernel = g.KernelHeight * g.KernelWidth;
        for (int o = 0; o < g.OutputChannels; o++)
            Transposition.Copy(weight + ((nint)o * g.PatchLength), kernel, result + ((nint)o * g.PatchLength), g.GroupInputs, g.GroupInputs, kernel);
    }

    /// <summary>[out][in][kernel] from [out][kernel][in].</summary>
    internal static void ToChannelsFirst<T>(in ConvolutionGeometry g, T* weight, T* result)
        where T : unmanaged
    {
        int kernel = g.KernelHeight * g.KernelWidth;
        for (int o = 0; o < g.OutputChannels; o++)
            Transposition.Copy(weight + ((nint)o * g.PatchLength), g.GroupInputs, result + ((nint)o * g.PatchLength), kernel, kernel, g.GroupInputs);
    }

    /// <summary>[group][kernel, in][out of the group] from [out][kernel][in].</summary>
    internal static void Transpose<T>(in ConvolutionGeometry g, T* channelsLast, T* result)
        where T : unmanaged
    {
        for (int group = 0; group < g.Groups; group++)
        {
            nint start = (nint)group * g.GroupOutputs * g.PatchLength;
            Transposition.Copy(channelsLast + start, g.PatchLength, result + start, g.GroupOutputs, g.GroupOutputs, g.PatchLength);
        }
    }
}
