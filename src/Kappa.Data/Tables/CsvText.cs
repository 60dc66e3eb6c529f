using System.Buffers;
using System.Text.Unicode;
using CsvHelper;

namespace Kappa.Data.Tables;

/// <summary>The characters of a block, and the fields in them.</summary>
internal static class CsvText
{
    private static readonly CsvReaderOptions Plain = new()
    {
        HasHeader = false,
        SkipEmptyLines = false,
        DetectSeparatorHint = false,
        PoolStrings = false,
        MalformedData = CsvMalformedDataHandling.Recover,
        FieldCountMismatch = CsvFieldCountHandling.Allow,
    };

    /// <summary>Reads the records of a block, with their fields as they stand in it.</summary>
    /// <param name="path">The file, for errors.</param>
    /// <param name="separator">What parts fields.</param>
    /// <param name="block">The block.</param>
    /// <exception cref="DataFileException">The bytes are not UTF-8; the message names the offset of the first that is not.</exception>
    internal static CsvReader Records(string path, char separator, CsvBlock block)
    {
        var bytes = block.Bytes.AsSpan(0, block.Length);
        if (Utf8.IsValid(bytes))
            return CsvReader.Create(block.Bytes.AsMemory(0, block.Length), Plain with { Separator = separator });
        int read = 0;
        while (Rune.DecodeFromUtf8(bytes[read..], out _, out int consumed) == OperationStatus.Done)
            read += consumed;
        throw new DataFileException(
            $"{path}, line {block.Line + bytes[..read].Count((byte)'\n')}", "UTF-8 text", $"the byte 0x{bytes[read]:x2} at offset {block.Offset + read}",
            "Set CsvOptions.Encoding = Encoding.Latin1 if that is how it was written, or convert the file, for instance with 'iconv -f latin1 -t utf-8'.");
    }

    /// <summary>The line that a record begins with. Lines are counted when one is asked for, as that is seldom.</summary>
    internal static long LineOf(CsvReader record, CsvBlock block) => block.Line + block.Bytes.AsSpan(0, (int)record.ByteOffset).Count((byte)'\n');

    /// <summary>Whether a record is an empty line.</summary>
    internal static bool IsEmptyLine(CsvReader record) => record.FieldCount == 1 && record.GetRawSpan(0).Trim(" \t"u8).IsEmpty;

    /// <summary>A field without its quotes or, where it has none, without spaces around it.</summary>
    /// <param name="raw">As it stands in the file.</param>
    /// <param name="field">What it says.</param>
    /// <returns>False where a quote stands where none may be.</returns>
    internal static bool TryUnquote(ReadOnlySpan<char> raw, out ReadOnlySpan<char> field)
    {
        field = raw.Trim(" \t");
        if (!field.Contains('"'))
            return true;
        bool isRight = field.Length >= 2 && field[0] == '"' && field[^1] == '"', isDoubled = false;
        var inside = isRight ? field[1..^1] : field;
        for (int i = 0; isRight && i < inside.Length; i++)
        {
            if (inside[i] != '"')
                continue;
            isRight = i + 1 < inside.Length && inside[i + 1] == '"';
            isDoubled = true;
            i++;
        }
        if (isRight)
            field = isDoubled ? inside.ToString().Replace("\"\"", "\"") : inside;
        return isRight;
    }

    /// <summary>The error of a quote that stands where none may be.</summary>
    /// <param name="at">Where it stands.</param>
    /// <param name="raw">As it stands in the file.</param>
    internal static DataFileException WrongQuotes(string at, ReadOnlySpan<char> raw) => new(
        at, "quotes around the whole field, and those in it doubled", Shown(raw),
        "Write \"5\"\" pipe\" for 5\" pipe. A quote may also be open since an earlier line.");

    /// <summary>What may be done of a value that is no number and no date.</summary>
    internal static string WayOut(ReadOnlySpan<char> field) =>
        $"If it stands for no value, add \"{Shown(field)[1..^1]}\" to CsvOptions.MissingValues; if the column has texts, set its kind in CsvOptions.Types.";

    /// <summary>A text as errors show it.</summary>
    internal static string Shown(ReadOnlySpan<char> text)
    {
        var shown = new StringBuilder("'");
        foreach (char c in text.Length > 60 ? text[..60] : text)
        {
            if (char.IsControl(c))
                shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else
                shown.Append(c);
        }
        return shown.Append(text.Length > 60 ? "...'" : "'").ToString();
    }
}
