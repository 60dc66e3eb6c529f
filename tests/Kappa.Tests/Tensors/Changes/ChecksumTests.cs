using System.Runtime.InteropServices;
using Kappa.Randomness;
using Kappa.Tensors.Memory;

namespace Kappa.Tests.Tensors.Changes;

public sealed class ChecksumTests
{
    public static TheoryData<int> Lengths => [0, 1, 3, 4, 5, 31, 32, 63, 64, 255, 256, 257, 511, 512, 513, 1000, 4096, 10_007];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Every_bit_counts_and_so_does_the_length(int length)
    {
        byte[] bytes = new byte[length];
        var generator = new Philox(1);
        for (int i = 0; i < length; i++)
            bytes[i] = (byte)generator.NextUInt32();
        var seen = new HashSet<ulong> { Checksum.Of(bytes) };
        for (int bit = 0; bit < 8 * length; bit += length > 1000 ? 7 : 1)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.True(seen.Add(Checksum.Of(bytes)), $"bit {bit}");
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.False(seen.Add(Checksum.Of(bytes)));
        Assert.True(seen.Add(Checksum.Of([.. bytes, 0])));
    }

    [Fact]
    public void Words_that_trade_places_are_noticed_at_every_distance()
    {
        // Round numbers, whose bits end in zeros, at distances that are multiples of everything that a sum could overlook.
        float[] values = new float[1 << 16];
        ulong zeros = Of(values);
        for (int distance = 1; distance < values.Length; distance *= 2)
        {
            (values[0], values[distance]) = (1, 5);
            ulong before = Of(values);
            (values[0], values[distance]) = (5, 1);
            Assert.NotEqual(before, Of(values));
            values[distance] = 0;
        }

        values[0] = 0;
        Assert.Equal(zeros, Of(values));
    }

    private static ulong Of(float[] values) => Checksum.Of(MemoryMarshal.AsBytes(values.AsSpan()));
}
