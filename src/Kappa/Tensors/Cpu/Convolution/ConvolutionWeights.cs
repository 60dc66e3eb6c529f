using Kappa.Tensors.Cpu.Products;
using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Cpu.Convolution;

/// <summary>The orders of a convolution's weights: [out, in, kernel] as users see them, [out, kernel, in] to match patches with the channels last.</summary>
internal static unsafe class ConvolutionWeights
{
    private const int StripOutputs = 32;

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

    /// <summary>The elements of the strip that <see cref="ToInputsFirst"/> works on.</summary>
    internal static int StripCount(in ConvolutionGeometry g) => Math.Min(StripOutputs, g.GroupOutputs) * g.PatchLength;

    /// <summary>[group][kernel, in][out of the group] from [out][in][kernel], by way of a strip of some outputs, which is a small part of a large
    /// weight.</summary>
    internal static void ToInputsFirst<T>(in ConvolutionGeometry g, T* weight, T* strip, T* result)
        where T : unmanaged
    {
        for (int group = 0; group < g.Groups; group++)
        {
            nint start = (nint)group * g.GroupOutputs * g.PatchLength;
            for (int o = 0; o < g.GroupOutputs; o += StripOutputs)
            {
                var some = g with { OutputChannels = Math.Min(StripOutputs, g.GroupOutputs - o) };
                ToChannelsLast(some, weight + start + ((nint)o * g.PatchLength), strip);
                Transposition.Copy(strip, g.PatchLength, result + start + o, g.GroupOutputs, some.OutputChannels, g.PatchLength);
            }
        }
    }
}
