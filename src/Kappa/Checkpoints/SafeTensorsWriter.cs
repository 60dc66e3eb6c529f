using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Kappa.Checkpoints;

/// <summary>Lays a file out byte for byte as the reference implementation does.</summary>
internal static class SafeTensorsWriter
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static void Write(Stream stream, IReadOnlyList<SafeTensorsEntry> entries, IReadOnlyDictionary<string, string>? metadata)
    {
        var ordered = Order(entries);
        var header = Header(ordered, metadata);
        Span<byte> length = stackalloc byte[SafeTensorsFormat.LengthFieldBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (var (_, entry) in ordered)
        {
            stream.Write(entry.Bytes);
        }
    }

    /// <summary>By alignment downwards, then by the bytes of the name.</summary>
    private static List<(byte[] Name, SafeTensorsEntry Entry)> Order(IReadOnlyList<SafeTensorsEntry> entries)
    {
        List<(byte[] Name, SafeTensorsEntry Entry)> ordered = [.. entries.Select(entry => (Encode(entry.Name), entry))];
        ordered.Sort((left, right) =>
        {
            int byType = right.Entry.Type.CompareTo(left.Entry.Type);
            return byType != 0 ? byType : left.Name.AsSpan().SequenceCompareTo(right.Name);
        });
        string? repeated = entries.GroupBy(entry => entry.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Skip(1).Any())?.Key;
        return repeated is null
            ? ordered
            : throw new ArgumentException($"Expected every tensor name once, got {SafeTensorsException.Quote(repeated)} twice.", nameof(entries));
    }

    private static ReadOnlySpan<byte> Header(
        List<(byte[] Name, SafeTensorsEntry Entry)> ordered, IReadOnlyDictionary<string, string>? metadata)
    {
        var header = new ArrayBufferWriter<byte>();
        header.Write("{"u8);
        string separator = "";
        if (metadata is not null)
        {
            WriteMetadata(header, metadata);
            separator = ",";
        }
        long start = 0;
        foreach (var (name, entry) in ordered)
        {
            long end = start + entry.Data.Length;
            header.Write(Encode(separator));
            WriteString(header, name);
            header.Write(Encode(
                $":{{\"dtype\":\"{entry.Type}\",\"shape\":[{string.Join(',', entry.Shape)}],\"data_offsets\":[{start},{end}]}}"));
            (start, separator) = (end, ",");
        }
        header.Write("}"u8);
        while (header.WrittenCount % SafeTensorsFormat.LengthFieldBytes != 0)
        {
            header.Write(" "u8);
        }
        return header.WrittenCount <= SafeTensorsFormat.LargestHeader ? header.WrittenSpan : throw new ArgumentException(
            $"Expected a header of at most {SafeTensorsFormat.LargestHeader} bytes, got {header.WrittenCount}; shorten the metadata or the names.");
    }

    private static void WriteMetadata(ArrayBufferWriter<byte> header, IReadOnlyDictionary<string, string> metadata)
    {
        header.Write(Encode($"\"{SafeTensorsFormat.MetadataKey}\":{{"));
        string separator = "";
        foreach (var (key, value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            header.Write(Encode(separator));
            WriteString(header, Encode(key));
            header.Write(":"u8);
            WriteString(header, Encode(value));
            separator = ",";
        }
        header.Write("}"u8);
    }

    /// <summary>Escapes what JSON demands and nothing else, as the reference implementation does, so that the files are equal.</summary>
    private static void WriteString(ArrayBufferWriter<byte> header, ReadOnlySpan<byte> text)
    {
        header.Write("\""u8);
        foreach (byte b in text)
        {
            switch (b)
            {
                case (byte)'"': header.Write("\\\""u8); break;
                case (byte)'\\': header.Write("\\\\"u8); break;
                case (byte)'\b': header.Write("\\b"u8); break;
                case (byte)'\f': header.Write("\\f"u8); break;
                case (byte)'\n': header.Write("\\n"u8); break;
                case (byte)'\r': header.Write("\\r"u8); break;
                case (byte)'\t': header.Write("\\t"u8); break;
                case < 0x20: header.Write(Encode($"\\u{b:x4}")); break;
                default: header.Write([b]); break;
            }
        }
        header.Write("\""u8);
    }

    private static byte[] Encode(string text)
    {
        try
        {
            return StrictUtf8.GetBytes(text);
        }
        catch (EncoderFallbackException error)
        {
            throw new ArgumentException(
                $"Expected names and metadata of whole Unicode characters, got half a surrogate pair in {SafeTensorsException.Quote(text)}.", error);
        }
    }
}
