using System.Buffers;
using System.Text.Unicode;

namespace Kappa.Data.Text;

/// <summary>A text with a name, such as one sample of a corpus: what a corpus is parted by.</summary>
/// <param name="Name">What it is called, such as <c>ca01</c>.</param>
/// <param name="Category">What kind it is, such as <c>news</c>; empty where there are none.</param>
/// <param name="Text">The text.</param>
public sealed record TextDocument(string Name, string Category, string Text)
{
    /// <summary>Bytes of text that are read at most: a string holds no more characters.</summary>
    public const int MostBytes = 1_000_000_000;

    /// <summary>Reads a file of UTF-8 text, at most 1 GB; a byte order mark at the start is left out.</summary>
    /// <param name="path">The file; its name becomes the name of the document.</param>
    /// <exception cref="DataFileException">The bytes are not UTF-8; the message names the first wrong one and its offset.</exception>
    public static TextDocument Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new TextDocument(Path.GetFileName(path), "", Decode(path, BoundedFile.ReadAllBytes(path, MostBytes)));
    }

    /// <summary>Text from bytes that must be UTF-8.</summary>
    /// <param name="path">What errors call it.</param>
    /// <param name="bytes">The bytes, with a byte order mark or without.</param>
    /// <exception cref="DataFileException">The bytes are not UTF-8; the message names the first wrong one and its offset.</exception>
    public static string Decode(string path, ReadOnlySpan<byte> bytes)
    {
        int wrong = FirstInvalid(bytes);
        return wrong < 0
            ? Encoding.UTF8.GetString(bytes.StartsWith(Encoding.UTF8.Preamble) ? bytes[Encoding.UTF8.Preamble.Length..] : bytes)
            : throw new DataFileException(
                path, "UTF-8 text", $"the byte 0x{bytes[wrong]:x2} at offset {wrong}", "Convert the file, for instance with 'iconv -f latin1 -t utf-8'.");
    }

    /// <summary>The offset of the first byte that is not UTF-8; -1 where all are.</summary>
    /// <param name="bytes">The bytes.</param>
    public static int FirstInvalid(ReadOnlySpan<byte> bytes)
    {
        if (Utf8.IsValid(bytes))
            return -1;
        int offset = 0;
        while (Rune.DecodeFromUtf8(bytes[offset..], out _, out int consumed) == OperationStatus.Done)
            offset += consumed;
        return offset;
    }
}
