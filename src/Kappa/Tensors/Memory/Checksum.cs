using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Kappa.Tensors.Memory;

/// <summary>A 64-bit checksum of bytes, to notice that they changed: at the speed of memory, the same within one process.</summary>
/// <remarks>
/// Each of eight vectors of 32-bit lanes takes in every eighth vector of the bytes, lane = rotate((lane ^ word) P): a bijection of the word and of the lane, so
/// that one changed word always shows, and not linear, so that words that trade places do too. The sum of all states that the lanes go through shows a second
/// change that would put a lane back to where it was.
/// </remarks>
internal static class Checksum
{
    private const uint LanePrime = 0x9E3779B1;
    private const ulong Prime = 0x9E3779B97F4A7C15;
    private const int Lanes = 8;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static ulong Of(ReadOnlySpan<byte> bytes)
    {
        ulong hash = (ulong)bytes.Length;
        int stride = Lanes * Vector<byte>.Count;
        if (bytes.Length >= stride)
        {
            ref byte start = ref MemoryMarshal.GetReference(bytes);
            int whole = bytes.Length / stride * stride;
            var seeds = Vector<uint>.Indices + Vector<uint>.One;
            var (a, b, c, d) = (seeds, seeds, seeds, seeds);
            var (e, f, g, h) = (seeds, seeds, seeds, seeds);
            var sum = Vector<uint>.Zero;
            for (int i = 0; i < whole; i += stride)
            {
                a = Take(a, ref start, i, 0);
                b = Take(b, ref start, i, 1);
                c = Take(c, ref start, i, 2);
                d = Take(d, ref start, i, 3);
                e = Take(e, ref start, i, 4);
                f = Take(f, ref start, i, 5);
                g = Take(g, ref start, i, 6);
                h = Take(h, ref start, i, 7);
                sum += a + b + (c + d) + (e + f + (g + h));
            }

            foreach (var lanes in (ReadOnlySpan<Vector<uint>>)[a, b, c, d, e, f, g, h, sum])
            {
                for (int i = 0; i < Vector<uint>.Count; i++)
                    hash = BitOperations.RotateLeft((hash ^ lanes[i]) * Prime, 29);
            }

            bytes = bytes[whole..];
        }

        var words = MemoryMarshal.Cast<byte, uint>(bytes);
        foreach (uint word in words)
            hash = BitOperations.RotateLeft((hash ^ word) * Prime, 29);
        foreach (byte rest in bytes[(4 * words.Length)..])
            hash = BitOperations.RotateLeft((hash ^ rest) * Prime, 29);
        return hash;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<uint> Take(Vector<uint> lanes, ref byte start, int at, int index)
    {
        var words = Unsafe.ReadUnaligned<Vector<uint>>(ref Unsafe.Add(ref start, at + (index * Vector<byte>.Count)));
        var mixed = (lanes ^ words) * new Vector<uint>(LanePrime);
        return (mixed << 13) | (mixed >>> 19);
    }
}
