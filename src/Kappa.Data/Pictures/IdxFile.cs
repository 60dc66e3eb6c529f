using System.Buffers.Binary;
using System.IO.Compression;

namespace Kappa.Data.Pictures;

/// <summary>Reads the IDX format of MNIST: two zero bytes, the element type, the number of axes, their lengths (big-endian), the elements.</summary>
/// <remarks>Format: LeCun, Cortes and Burges, "The MNIST database of handwritten digits". Only unsigned bytes are read here. The header says how much there
/// is to unpack: no byte more is read, and not a byte where it says more than <see cref="MostBytes"/>, or more than pictures are ever packed to.</remarks>
internal static class IdxFile
{
    /// <summary>The most bytes of a file, packed or not.</summary>
    internal const int MostBytes = 1 << 30;

    // Pictures are packed to a half or a tenth. A gzip can be a thousandth, and then it is made to fill the memory.
    private const int MostPacked = 100;
    private const int AlwaysUnpacked = 1 << 24;
    private const byte UnsignedByte = 0x08;

    /// <summary>The lengths of the axes and the elements.</summary>
    /// <param name="path">What errors call the file; where it ends in .gz the contents are unpacked.</param>
    /// <param name="contents">The bytes of the file.</param>
    /// <param name="rank">The number of axes it must have.</param>
    /// <exception cref="DataFileException">It is not such a file, is cut off, or says it is larger than is read.</exception>
    internal static (int[] Lengths, byte[] Elements) Parse(string path, byte[] contents, int rank)
    {
        bool isPacked = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);
        using Stream stream = isPacked ? new GZipStream(new MemoryStream(contents), CompressionMode.Decompress) : new MemoryStream(contents);
        try
        {
            int[] lengths = ReadHeader(path, stream, rank, out int count);
            if (isPacked && count > Math.Max(AlwaysUnpacked, (long)MostPacked * contents.Length))
                throw new DataFileException(
                    path, $"elements of at most {MostPacked} times the {contents.Length} bytes that they are packed to", $"{count} of them");
            // Of a file that is not packed no more than it holds, whatever its header promises.
            byte[] elements = new byte[isPacked ? count : Math.Min(count, contents.Length)];
            int read = stream.ReadAtLeast(elements, elements.Length, throwOnEndOfStream: false);
            bool isMore = read == count && stream.ReadByte() >= 0;
            return read == count && !isMore
                ? (lengths, elements)
                : throw new DataFileException(
                    path, $"{count} bytes of elements ({string.Join(" x ", lengths)}) after the header",
                    isMore ? $"{count + 1L} or more: something follows them" : $"{read}: the file is cut off");
        }
        catch (InvalidDataException error)
        {
            throw new DataFileException(path, "a gzip file", $"one that cannot be unpacked ({error.Message})", inner: error);
        }
    }

    private static int[] ReadHeader(string path, Stream stream, int rank, out int count)
    {
        byte[] magic = [0, 0, UnsignedByte, (byte)rank], bytes = new byte[magic.Length + (4 * rank)];
        int read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (read < magic.Length || !bytes.AsSpan(0, magic.Length).SequenceEqual(magic))
        {
            string start = read == 0 ? "an empty file" : Convert.ToHexStringLower(bytes.AsSpan(0, Math.Min(magic.Length, read)));
            throw new DataFileException(path, $"the magic number {Convert.ToHexStringLower(magic)} of an IDX file with {rank} axes of unsigned bytes", start);
        }
        if (read < bytes.Length)
            throw new DataFileException(path, $"a header of {bytes.Length} bytes", $"{read} bytes: the file is cut off");
        int[] lengths = new int[rank];
        long product = 1;
        for (int axis = 0; axis < rank; axis++)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(magic.Length + (4 * axis)));
            if (length is 0 or > int.MaxValue || (product *= length) > int.MaxValue)
                throw new DataFileException(path, "axes of at least 1 and at most 2^31 - 1 elements in all", $"a length of {length} on axis {axis}");
            lengths[axis] = (int)length;
        }
        if (product > MostBytes)
            throw new DataFileException(path, $"at most {MostBytes} elements", $"{product}");
        count = (int)product;
        return lengths;
    }
}
