using System.Runtime.InteropServices;
using Kappa.Tensors.Cpu.Vectors;

namespace Kappa.Tensors;

/// <summary>Which vector instructions tensor operations use.</summary>
/// <remarks>Sums are taken in an order that depends on the width of a vector, so another set of instructions rounds differently: one seed gives the same bits
/// wherever this is the same.
/// Which sets .NET may use can be restricted by its environment variables, such as DOTNET_EnableAVX512=0.</remarks>
public static class ComputeInstructions
{
    /// <summary>The architecture and the set, such as <c>X64 AVX-512</c>, <c>X64 AVX2</c> or <c>Arm64 128-bit</c>.</summary>
    public static string Selected => $"{RuntimeInformation.ProcessArchitecture} {NameOf(CpuFeatures.Selected)}";

    /// <summary>Says what it means to go on with what was computed elsewhere.</summary>
    /// <param name="recorded">What <see cref="Selected"/> was there; null where that was not written down.</param>
    /// <returns>A sentence that names both; null where they are the same, or the other one is not known.</returns>
    public static string? DifferenceFrom(string? recorded) => recorded is null || recorded == Selected
        ? null
        : $"computed so far with {recorded}, and from here on with {Selected}: "
            + "the results are as good, but not bit for bit those of a run that stays on one of the two";

    private static string NameOf(VectorWidth width) => width switch
    {
        VectorWidth.Vector512 => "AVX-512",
        VectorWidth.Vector256 => "AVX2",
        _ => "128-bit",
    };
}
