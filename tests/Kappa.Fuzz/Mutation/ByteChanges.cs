using System.Buffers.Binary;

namespace Kappa.Fuzz.Mutation;

/// <summary>Changes of bytes of which nothing is known.</summary>
internal static class ByteChanges
{
    private const int MostInserted = 64;
    private const int MostRepeated = 1 << 12;

    private static readonly long[] Edges =
    [
        0, 1, -1, 2, 4, 7, 8, 16, 31, 32, 63, 64, 100, 127, 128, 255, 256, 1000, 4096, short.MaxValue, ushort.MaxValue, 65_536, 1 << 24, 1 << 30, int.MaxValue,
        int.MinValue, uint.MaxValue, 1L << 32, 1L << 53, long.MaxValue, long.MinValue, long.MaxValue / 8,
    ];

    private static readonly Func<List<byte>, IReadOnlyList<byte[]>, Philox, List<byte>>[] All =
    [
        FlipBit, SetByte, Add, WriteEdge, WriteEdge, Delete, Insert, Duplicate, Truncate, Splice, Overwrite, Repeat, Swap,
    ];

    /// <summary>One change.</summary>
    /// <param name="bytes">What is changed; it may be changed itself.</param>
    /// <param name="pool">What parts are taken from.</param>
    /// <param name="random">Decides.</param>
    internal static List<byte> Change(List<byte> bytes, IReadOnlyList<byte[]> pool, Philox random) =>
        bytes.Count == 0 ? Insert(bytes, pool, random) : All[random.NextInt32(All.Length)](bytes, pool, random);

    private static List<byte> FlipBit(List<byte> bytes, IReadOnlyList<byte[]> pool, Philox random)
    {
        bytes[random.NextInt32(bytes.Count)] ^= (byte)(1 << random.NextInt32(8));
        return bytes;
    }

    private static List<byte> SetByte(List<byte> bytes, IReadOnlyList<byte[]> pool, Philox random)
    {
        bytes[random.NextInt32(bytes.Count)] = (byte)random.NextInt32(256);
        return bytes;
    }

    private static List<byte> Add(List<byte> bytes, IReadOnlyList<byte[]> pool, Philox random)
    {
        bytes[random.NextInt32(bytes.Count)] += (byte)(random.NextInt32(33) - 16);
        return bytes;
    }

    /// <summary>Writes a number at which something ends, in either order of bytes.</summary>
    private static List<byte> WriteEdge(List<byte> bytes, IReadOnlyList<byte[]> pool, Philox random)
    {
        int width = Math.Min(1 << random.NextInt32(4), bytes.Count), at = random.NextInt32(bytes.Count - width + 1);
        Span<byte> number = stackalloc byte[8];
        long value = Edges[random.NextInt32(Edges.Length)];
        bool isLittle = random.NextInt32(2) == 0;
        if (isLittle)
            BinaryPrimitives.WriteInt64LittleEndian(number, value);
        else
            BinaryPrimitives.WriteInt64BigEndian(number, value);
        var written = isLittle ? number[..width] : number[^width..];
        for (int i = 0; i < width; i++)
            bytes[at + i] = written[i];
        return bytes;
    }

    private static List<byte> Delete(List<byte> bytes, IReadOnlyList<byte[]> pool, Philox random)
    {
        var (at, count) = Range(bytes.Count, random);
        bytes.RemoveRange(at, count);
        return bytes;
    }

    private static List<byte> Insert(List<byte> bytes, IReadOnlyList<byte[]> pool, Philox random)
    {
        byte[] added = new byte[1 + random.NextInt32(MostInserted)];
        for (int i = 0; i < added.Length; i++)
            added[i] = (byte)random.NextInt32(256);
        bytes.InsertRange(random.NextInt32(bytes.Count + 1), added);
        return bytes;
    }

    private static List<byte> Duplicate(List<byte> bytes, IReadOnlyList<byte[]> pool, Philox random)
    {
        var (at, count) = Range(bytes.Count, random);
        bytes.InsertRange(random.NextInt32(bytes.Count + 1), bytes.GetRange(at, count));
        return bytes;
    }

    private static List<byte> Truncate(List<byte> bytes, IReadOnlyList<byte[]> pool, Philox random) => bytes[..random.NextInt32(bytes.Count)];

    private static List<byte> Splice(List<byte> bytes, IReadOnlyList<byte[]> pool, Philox random)
    {
        byte[] other = pool[random.NextInt32(pool.Count)];
        return [.. bytes[..random.NextInt32(bytes.Count + 1)], .. other.AsSpan(random.NextInt32(other.Length + 1))];
    }

    private static List<byte> Overwrite(List<byte> bytes, IReadOnlyList<byte[]> pool, Philox random)
    {
        byte[] other = pool[random.NextInt32(pool.Count)];
        var (from, count) = Range(Math.Max(1, other.Length), random);
        int at = random.NextInt32(bytes.Count);
        for (int i = 0; i < count && at + i < bytes.Count && from + i < other.Length; i++)
            bytes[at + i] = other[from + i];
        return bytes;
    }

    private static List<byte> Repeat(List<byte> bytes, IReadOnlyList<byte[]> pool, Philox random)
    {
        var (at, count) = Range(bytes.Count, random);
        var part = bytes.GetRange(at, count);
        int times = 1 + random.NextInt32(Math.Max(1, MostRepeated / Math.Max(1, count)));
        bytes.InsertRange(at, Enumerable.Repeat(part, times).SelectMany(one => one));
        return bytes;
    }

    private static List<byte> Swap(List<byte> bytes, IReadOnlyList<byte[]> pool, Philox random)
    {
        int first = random.NextInt32(bytes.Count), second = random.NextInt32(bytes.Count);
        (bytes[first], bytes[second]) = (bytes[second], bytes[first]);
        return bytes;
    }

    /// <summary>A part, more often a short one.</summary>
    private static (int At, int Count) Range(int length, Philox random)
    {
        int at = random.NextInt32(length), most = length - at;
        return (at, 1 + random.NextInt32(random.NextInt32(2) == 0 ? Math.Min(most, 8) : most));
    }
}
