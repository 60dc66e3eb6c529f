using System.Numerics;
using System.Runtime.InteropServices;
using Kappa.Tensors;

namespace Kappa.Curvature;

/// <summary>A 64-bit hash of the bits of tensors, to notice that they changed.</summary>
internal static class Fingerprint
{
    private const ulong Prime = 0x9E3779B97F4A7C15;

    internal static ulong Of(params ReadOnlySpan<Tensor> tensors)
    {
        ulong hash = 0;
        foreach (var tensor in tensors)
            hash = BitOperations.RotateLeft((hash ^ Of(tensor.Bytes)) * Prime, 29);
        return hash;
    }

    private static ulong Of(ReadOnlySpan<byte> bytes)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        ulong a = 1, b = 2, c = 3, d = 4;
        int i = 0;
        for (; i + 4 <= words.Length; i += 4)
        {
            a = BitOperations.RotateLeft((a ^ words[i]) * Prime, 31);
            b = BitOperations.RotateLeft((b ^ words[i + 1]) * Prime, 31);
            c = BitOperations.RotateLeft((c ^ words[i + 2]) * Prime, 31);
            d = BitOperations.RotateLeft((d ^ words[i + 3]) * Prime, 31);
        }

        for (; i < words.Length; i++)
            a = BitOperations.RotateLeft((a ^ words[i]) * Prime, 31);
        foreach (byte rest in bytes[(words.Length * 8)..])
            a = BitOperations.RotateLeft((a ^ rest) * Prime, 31);
        return ((((a * Prime) ^ b) * Prime) ^ c) * Prime ^ d;
    }
}
