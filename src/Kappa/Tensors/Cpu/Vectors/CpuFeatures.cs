using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Kappa.Tensors.Cpu.Vectors;

/// <summary>What the processor can do, and which of it the kernels use.</summary>
internal static class CpuFeatures
{
    private static volatile int _selected = (int)FindWidest();

    /// <summary>The widest vectors this machine runs at full speed.</summary>
    internal static VectorWidth Widest { get; } = FindWidest();

    /// <summary>The width the kernels use now: <see cref="Widest"/> unless one is forced.</summary>
    internal static VectorWidth Selected => (VectorWidth)_selected;

    /// <summary>Makes every kernel of the process use one width until the result is disposed. For tests.</summary>
    /// <param name="width">The width, at most <see cref="Widest"/>.</param>
    /// <returns>A handle that restores the width selected before.</returns>
    /// <exception cref="PlatformNotSupportedException">The machine lacks <paramref name="width"/>.</exception>
    internal static Forced Force(VectorWidth width)
    {
        if (width > Widest)
        {
            throw new PlatformNotSupportedException(
                $"Cannot force {width} vectors: the widest this machine runs is {Widest}. Force a width up to {nameof(CpuFeatures)}.{nameof(Widest)}.");
        }
        var previous = Selected;
        _selected = (int)width;
        return new Forced(previous);
    }

    private static VectorWidth FindWidest()
    {
        // Fma.IsSupported is asked for because a 256-bit product without it is no faster than the portable one.
        if (Vector512.IsHardwareAccelerated && Avx512F.IsSupported && Avx512DQ.IsSupported)
            return VectorWidth.Vector512;
        return Vector256.IsHardwareAccelerated && Fma.IsSupported ? VectorWidth.Vector256 : VectorWidth.Portable;
    }

    /// <summary>Restores the width that was selected before <see cref="Force"/>.</summary>
    internal readonly struct Forced(VectorWidth previous) : IDisposable
    {
        /// <inheritdoc/>
        public void Dispose() => _selected = (int)previous;
    }
}
