using System.Runtime.CompilerServices;

namespace Kappa.Randomness;

/// <summary>The Philox4x32-10 bijection: one 128-bit counter and one 64-bit key give four random words.</summary>
/// <remarks>Salmon, Moraes, Dror and Shaw (2011), "Parallel random numbers: as easy as 1, 2, 3", section 3.3.</remarks>
internal static class Philox4x32
{
    public const int WordsPerBlock = 4;

    private const int Rounds = 10;
    private const uint Multiplier0 = 0xD2511F53;
    private const uint Multiplier1 = 0xCD9E8D57;
    private const uint Weyl0 = 0x9E3779B9;
    private const uint Weyl1 = 0xBB67AE85;

    /// <summary>Replaces the four counter words by the four random words of that counter.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.AggressiveInlining)]
    public static void Apply(ref uint word0, ref uint word1, ref uint word2, ref uint word3, ulong key)
    {
        var (c0, c1, c2, c3) = (word0, word1, word2, word3);
        var (k0, k1) = ((uint)key, (uint)(key >> 32));
        for (int round = 0; round < Rounds; round++)
        {
            ulong product0 = (ulong)Multiplier0 * c0;
            ulong product1 = (ulong)Multiplier1 * c2;
            c0 = (uint)(product1 >> 32) ^ c1 ^ k0;
            c1 = (uint)product1;
            c2 = (uint)(product0 >> 32) ^ c3 ^ k1;
            c3 = (uint)product0;
            k0 += Weyl0;
            k1 += Weyl1;
        }
        (word0, word1, word2, word3) = (c0, c1, c2, c3);
    }
}
