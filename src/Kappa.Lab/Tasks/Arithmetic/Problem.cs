using System.Numerics;

namespace Kappa.Lab.Tasks.Arithmetic;

/// <summary>Two numbers of as many digits.</summary>
/// <param name="Left">The first, 0 or more.</param>
/// <param name="Right">The second.</param>
internal readonly record struct Problem(BigInteger Left, BigInteger Right)
{
    private const ulong HeldOutOf = 8;

    /// <summary>Whether it is kept for validation and tests: one of eight, by a hash that shares nothing with the digits.</summary>
    internal bool IsHeldOut => Mixed(Mixed(Hash(Left)) + Hash(Right)) % HeldOutOf == 0;

    /// <summary>Draws numbers of so many digits, of which none leads with 0 unless it is 0.</summary>
    internal static Problem Draw(int digits, Philox generator)
    {
        return new Problem(Number(), Number());

        BigInteger Number()
        {
            BigInteger value = digits == 1 ? generator.NextInt32(10) : 1 + generator.NextInt32(9);
            for (int i = 1; i < digits; i++)
                value = (value * 10) + generator.NextInt32(10);
            return value;
        }
    }

    private static ulong Hash(BigInteger value) => Mixed((ulong)(value & ulong.MaxValue) ^ Mixed((ulong)(value >> 64)));

    /// <summary>The finalizer of SplitMix64 (Steele, Lea and Flood, 2014).</summary>
    private static ulong Mixed(ulong x)
    {
        x += 0x9E3779B97F4A7C15;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
