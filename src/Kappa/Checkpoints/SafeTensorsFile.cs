using System.Buffers.Binary;

namespace Kappa.Checkpoints;

/// <summary>Reads and writes <b>safetensors</b> files, byte for byte as the reference implementation (Python and Rust) does.</summary>
/// <remarks>
/// <para>The format: eight bytes, little-endian, with the length of the header; the header, JSON padded with spaces to a multiple of
/// eight; the elements, without gaps. The header maps each name to <c>dtype</c>, <c>shape</c> and <c>data_offsets</c>, and
/// <c>__metadata__</c> to strings. The writer orders tensors by alignment downwards, then by name.</para>
/// <para>A file is data from a stranger: nothing is allocated by a size that was not first checked against the file's length, and
/// every fault is a <see cref="SafeTensorsException"/>. Checked: the header's length (at most 100 MB), UTF-8, JSON and its depth,
/// repeated names, types, shapes and their overflow, offsets (order, gaps, overlaps, agreement with the shape), and remaining
/// bytes.</para>
/// </remarks>
public static class SafeTensorsFile
{
    /// <summary>Writes a file, whole or not at all: see <see cref="AtomicFile"/>.</summary>
    /// <param name="path">The file; replaced where it exists.</param>
    /// <param name="entries">The tensors, in any order, every name once.</param>
    /// <param name="metadata">Strings to store beside them; null for none.</param>
    /// <exception cref="ArgumentException">A name is repeated, a string is not Unicode, or the header exceeds 100 MB.</exception>
    /// <exception cref="IOException">The file cannot be written; what was there before is intact.</exception>
    public static void Write(
        string path, IReadOnlyList<SafeTensorsEntry> entries, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(entries);
        AtomicFile.Write(path, stream => SafeTensorsWriter.Write(stream, entries, metadata));
    }

    /// <summary>Writes the bytes of a file to a stream.</summary>
    /// <param name="stream">Where to write; not flushed.</param>
    /// <param name="entries">The tensors, in any order, every name once.</param>
    /// <param name="metadata">Strings to store beside them; null for none.</param>
    /// <exception cref="ArgumentException">A name is repeated, a string is not Unicode, or the header exceeds 100 MB.</exception>
    public static void Write(
        Stream stream, IReadOnlyList<SafeTensorsEntry> entries, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(entries);
        SafeTensorsWriter.Write(stream, entries, metadata);
    }

    /// <summary>Reads a file into memory.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Its tensors and metadata; every tensor owns its bytes.</returns>
    /// <exception cref="SafeTensorsException">The file is not valid, or a tensor exceeds 2 GiB.</exception>
    /// <exception cref="IOException">The file does not exist, is a folder, or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static SafeTensorsContents Read(string path)
    {
        using var stream = BoundedFile.Open(path);
        return Parse(stream, path);
    }

    /// <summary>Reads from the stream's position to its end.</summary>
    /// <param name="stream">A stream that knows its length.</param>
    /// <param name="source">The name to use in errors, such as the path.</param>
    /// <returns>The tensors and metadata; every tensor owns its bytes.</returns>
    /// <exception cref="ArgumentException">The stream cannot seek: its length, which bounds every allocation, is unknown.</exception>
    /// <exception cref="SafeTensorsException">The bytes are not valid, or a tensor exceeds 2 GiB.</exception>
    public static SafeTensorsContents Parse(Stream stream, string source = "(stream)")
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (!stream.CanSeek)
        {
            throw new ArgumentException("Expected a stream that knows its length, got one that cannot seek; read it into memory first.", nameof(stream));
        }
        long fileLength = stream.Length - stream.Position;
        RequireLengthField(source, fileLength);
        try
        {
            Span<byte> lengthField = stackalloc byte[SafeTensorsFormat.LengthFieldBytes];
            stream.ReadExactly(lengthField);
            int headerLength = SafeTensorsLayout.HeaderLength(source, BinaryPrimitives.ReadUInt64LittleEndian(lengthField), fileLength);
            var header = ParseHeader(source, ReadBytes(stream, headerLength), fileLength);
            var entries = new SafeTensorsEntry[header.Tensors.Count];
            for (int i = 0; i < entries.Length; i++)
            {
                var tensor = header.Tensors[i];
                long byteCount = tensor.End - tensor.Start;
                if (byteCount > Array.MaxLength)
                {
                    throw new SafeTensorsException(source, tensor.Name, $"at most {Array.MaxLength} bytes in one tensor", $"{byteCount}");
                }
                entries[i] = new(tensor.Name, tensor.Type, tensor.Shape, ReadBytes(stream, (int)byteCount));
            }
            return new(source, entries, header.Metadata);
        }
        catch (EndOfStreamException error)
        {
            throw new SafeTensorsException(source, null, $"{fileLength} bytes", "an earlier end; the file shrank while it was read", error);
        }
    }

    /// <summary>Reads a file that is in memory.</summary>
    /// <param name="file">The bytes of the whole file.</param>
    /// <param name="source">The name to use in errors, such as the path.</param>
    /// <returns>The tensors and metadata; the tensors are slices of <paramref name="file"/>, not copies.</returns>
    /// <exception cref="SafeTensorsException">The bytes are not valid.</exception>
    public static SafeTensorsContents Parse(ReadOnlyMemory<byte> file, string source = "(memory)")
    {
        RequireLengthField(source, file.Length);
        int headerLength = SafeTensorsLayout.HeaderLength(source, BinaryPrimitives.ReadUInt64LittleEndian(file.Span), file.Length);
        var header = ParseHeader(source, file.Span.Slice(SafeTensorsFormat.LengthFieldBytes, headerLength), file.Length);
        var data = file[(SafeTensorsFormat.LengthFieldBytes + headerLength)..];
        var entries = header.Tensors.ConvertAll(tensor => new SafeTensorsEntry(
            tensor.Name, tensor.Type, tensor.Shape, data[(int)tensor.Start..(int)tensor.End]));
        return new(source, entries, header.Metadata);
    }

    private static void RequireLengthField(string source, long fileLength)
    {
        if (fileLength < SafeTensorsFormat.LengthFieldBytes)
        {
            throw new SafeTensorsException(
                source, null, $"at least the {SafeTensorsFormat.LengthFieldBytes} bytes of the header's length", $"a file of {fileLength} bytes");
        }
    }

    private static SafeTensorsHeaderReader ParseHeader(string source, ReadOnlySpan<byte> json, long fileLength)
    {
        var header = new SafeTensorsHeaderReader(source);
        header.Read(json);
        SafeTensorsLayout.Check(source, header.Tensors, fileLength - SafeTensorsFormat.LengthFieldBytes - json.Length);
        return header;
    }

    private static byte[] ReadBytes(Stream stream, int count)
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>(count);
        stream.ReadExactly(bytes);
        return bytes;
    }
}
