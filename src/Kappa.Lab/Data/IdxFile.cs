using System.Buffers.Binary;
using System.IO.Compression;

namespace Kappa.Lab.Data;

/// <summary>Reads the IDX format of MNIST: two zero bytes, the element type, the number of axes, their lengths (big-endian), the elements.</summary>
/// <remarks>Format: LeCun, Cortes and Burges, "The MNIST database of handwritten digits". Only unsigned bytes are read here.</remarks>
internal static class IdxFile
{
    private const byte UnsignedByte = 0x08;

    /// <summary>The lengths of the axes and the elements.</summary>
    /// <param name="path">What errors call the file; where it ends in .gz the contents are unpacked.</param>
    /// <param name="contents">The bytes of the file.</param>
    /// <param name="rank">The number of axes it must have.</param>
    /// <exception cref="DataFileException">It is not such a file, or is cut off.</exception>
    internal static (int[] Lengths, byte[] Elements) Parse(string path, byte[] contents, int rank)
    {
        byte[] bytes = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? Unpack(path, contents) : contents;
        byte[] magic = [0, 0, UnsignedByte, (byte)rank];
        if (bytes.Length < 4 || !bytes.AsSpan(0, 4).SequenceEqual(magic))
        {
            string start = bytes.Length == 0 ? "an empty file" : Convert.ToHexStringLower(bytes.AsSpan(0, Math.Min(4, bytes.Length)));
            throw new DataFileException(path, $"the magic number {Convert.ToHexStringLower(magic)} of an IDX file with {rank} axes of unsigned bytes", start);
        }
        int header = 4 + (4 * rank);
        if (bytes.Length < header)
            throw new DataFileException(path, $"a header of {header} bytes", $"{bytes.Length} bytes: the file is cut off");
        int[] lengths = new int[rank];
        long count = 1;
        for (int axis = 0; axis < rank; axis++)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(4 + (4 * axis)));
            if (length is 0 or > int.MaxValue || (count *= length) > int.MaxValue)
                throw new DataFileException(path, "axes of at least 1 and at most 2^31 - 1 elements in all", $"a length of {length} on axis {axis}");
            lengths[axis] = (int)length;
        }
        string shape = string.Join(" x ", lengths);
        return bytes.Length - header == count
            ? (lengths, bytes[header..])
            : throw new DataFileException(
                path, $"{count} bytes of elements ({shape}) after the header",
                $"{bytes.Length - header}{(bytes.Length - header < count ? ": the file is cut off" : ": something follows them")}");
    }

    private static byte[] Unpack(string path, byte[] contents)
    {
        try
        {
            using var unpacked = new MemoryStream();
            using (var gzip = new GZipStream(new MemoryStream(contents), CompressionMode.Decompress))
                gzip.CopyTo(unpacked);
            return unpacked.ToArray();
        }
        catch (InvalidDataException error)
        {
            throw new DataFileException(path, "a gzip file", $"one that cannot be unpacked ({error.Message})", inner: error);
        }
    }
}
