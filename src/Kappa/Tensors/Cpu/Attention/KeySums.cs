using System.Numerics;
using Kappa.Tensors.Cpu.Reductions;
using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Cpu.Attention;

/// <summary>
/// Where one key head's sums over blocks of queries go: straight to the results where there are few blocks, else by way of sums of some of them, which are
/// added without losing what rounding takes.
/// </summary>
/// <param name="shape">The sizes.</param>
/// <param name="room">Working memory of <see cref="Room"/> elements.</param>
/// <param name="results">How many tensors shaped like k are summed.</param>
internal readonly unsafe struct KeySums<T>(AttentionShape shape, T* room, int results)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly bool _isLong = IsLong(shape);

    /// <summary>From one key to the next.</summary>
    internal int Stride => _isLong ? shape.Width : shape.Groups * shape.Width;

    private nint Size => (nint)shape.Keys * shape.Width;

    internal static long Room(AttentionShape shape, int results) => IsLong(shape) ? 2L * results * shape.Keys * shape.Width : 0;

    internal void Clear()
    {
        for (int i = 0; _isLong && i < 2 * results; i++)
            new Span<T>(room + (i * Size), (int)Size).Clear();
    }

    /// <summary>What the blocks add to, for a result whose keys are there.</summary>
    internal T* At(int result, T* keys) => _isLong && keys != null ? room + (2 * result * Size) : keys;

    /// <summary>To be called after each block: keeps the sums of some blocks.</summary>
    internal void Next(int done, int blocks, int result, T* keys)
    {
        if (!_isLong || keys == null || (done % CompensatedSum.PlainTerms != 0 && done != blocks))
            return;
        T* part = At(result, keys);
        CompensatedSum.Add(part, T.One, part + Size, keys, shape.Groups * shape.Width, shape.Keys, shape.Width);
        new Span<T>(part, (int)Size).Clear();
    }

    private static bool IsLong(AttentionShape shape) => shape.HeadsPerGroup * AttentionBlock<T>.Count(shape) > CompensatedSum.PlainTerms;
}
