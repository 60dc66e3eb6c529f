using System.Buffers.Binary;
using System.IO.Compression;
using System.Text.RegularExpressions;

namespace Kappa.Data.Tables;

/// <summary>Reads arrays as numpy.save and numpy.savez write them (format 1 to 3), little-endian.</summary>
internal sealed partial class NumpyFile(string path, bool nanIsMissing)
{
    private const int MostHeaderBytes = 1 << 20;

    private static readonly UTF32Encoding StrictUtf32 = new(bigEndian: false, byteOrderMark: false, throwOnInvalidCharacters: true);

    internal Table Read()
    {
        using var file = RegularFile.Open(path, "an array as numpy.save writes it", bufferSize: 1 << 16);
        var mark = new FileMark(path);
        var columns = IsZip(file) ? Archive(file) : Columns(path, file, "column", file.Length);
        mark.RequireUnchanged();
        return new Table(columns);
    }

    private static bool IsZip(FileStream file)
    {
        Span<byte> start = stackalloc byte[4];
        int count = file.ReadAtLeast(start, 4, throwOnEndOfStream: false);
        file.Position = 0;
        return start[..count].SequenceEqual("PK\u0003\u0004"u8);
    }

    private List<TableColumn> Archive(FileStream file)
    {
        List<TableColumn> columns = [];
        try
        {
            using var archive = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
            foreach (var entry in archive.Entries)
            {
                string name = entry.FullName.EndsWith(".npy", StringComparison.Ordinal) ? entry.FullName[..^4] : entry.FullName;
                using var stream = new CheckedStream(entry.Open(), entry.Crc32);
                columns.AddRange(Columns($"{path}, array \"{name}\"", stream, name, entry.Length));
                stream.RequireWhole();
            }
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException)
        {
            throw new DataFileException(path, "an archive of arrays (.npz)", error.Message, "It may be cut off or damaged.", error);
        }
        if (columns.Count == 0)
            throw new DataFileException(path, "arrays", "an archive without any");
        if (columns.GroupBy(column => column.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { Key: var twice })
        {
            throw new DataFileException(
                path, "arrays whose columns have different names", $"\"{twice}\" twice",
                "The columns of an array x [rows, columns] are x1, x2 and so on: rename one.");
        }
        return columns.Find(column => column.Count != columns[0].Count) is { } other
            ? throw new DataFileException(
                path, $"arrays of one number of rows, {columns[0].Count} as \"{columns[0].Name}\"", $"{other.Count} in \"{other.Name}\"")
            : columns;
    }

    private List<TableColumn> Columns(string at, Stream stream, string name, long length)
    {
        var (type, isColumnMajor, shape, headerBytes) = Header(at, stream);
        if (shape.Length is 0 or > 2)
            throw new DataFileException(at, "an array [rows] or [rows, columns]", $"one of {shape.Length} axes", "Reshape it before it is saved.");
        char kind = type[1];
        int size = int.TryParse(type.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out int digits) ? digits : 0;
        bool isText = kind == 'U';
        if (type[0] == '>' && (size > 1 || isText))
        {
            throw new DataFileException(
                at, "little-endian values", $"big-endian ones ('{type}')", "Save it with array.astype(array.dtype.newbyteorder('<')).");
        }
        if (!(isText ? size is > 0 and < 1 << 20 : (kind, size) is ('f', 2 or 4 or 8) or ('i' or 'u', 1 or 2 or 4 or 8) or ('b', 1)))
            throw new DataFileException(at, "numbers, truth values or texts", $"the type '{type}'", "Convert it before it is saved.");
        int itemBytes = isText ? 4 * size : size;
        long rows = shape[0], columns = shape.Length == 2 ? shape[1] : 1;
        decimal bytes = (decimal)rows * columns * itemBytes;
        if (bytes == 0)
            throw new DataFileException(at, "one row or more of one column or more", $"{rows} rows of {columns} columns");
        if (bytes != length - headerBytes || rows > Array.MaxLength || bytes > Array.MaxLength)
        {
            throw new DataFileException(
                at, $"{bytes} bytes of values, at most 2 GB, for {rows} rows and {columns} columns", $"{length - headerBytes}", "It may be cut off.");
        }
        byte[] values = new byte[(int)bytes];
        stream.ReadExactly(values);
        return [.. Enumerable.Range(0, (int)columns).Select(column =>
        {
            string of = shape.Length == 1 ? name == "column" ? "column1" : name : $"{name}{column + 1}";
            return Column(at, of, kind, size, (int)rows, row =>
                values.AsSpan((int)((isColumnMajor ? (column * rows) + row : (row * columns) + column) * itemBytes), itemBytes).ToArray());
        })];
    }

    private TableColumn Column(string at, string name, char kind, int size, int rows, Func<int, byte[]> item)
    {
        if (kind == 'U')
            return CategoryColumn.From(name, Enumerable.Range(0, rows).Select(row => Text(at, name, row, item(row))));
        if (kind == 'b')
            return CategoryColumn.From(name, Enumerable.Range(0, rows).Select(row => item(row)[0] != 0 ? "true" : "false"));
        double[] numbers = new double[rows];
        for (int row = 0; row < rows; row++)
        {
            double value = numbers[row] = Number(kind, size, item(row));
            if (kind != 'f' && size == 8 && !WholeNumbers.IsExact(value))
                throw new DataFileException($"{at}, row {row}, column \"{name}\"", "a number", $"{value:F0}, which {WholeNumbers.Inexact}");
            if (!double.IsFinite(value) && !(nanIsMissing && double.IsNaN(value)))
            {
                throw new DataFileException(
                    $"{at}, row {row}, column \"{name}\"", "a finite number", $"{value}",
                    double.IsNaN(value) ? "nanIsMissing takes NaN for a missing value." : null);
            }
        }
        return new NumberColumn(name, numbers, kind != 'f');
    }

    private static string Text(string at, string name, int row, byte[] item)
    {
        try
        {
            return StrictUtf32.GetString(item).TrimEnd('\0');
        }
        catch (DecoderFallbackException error)
        {
            throw new DataFileException($"{at}, row {row}, column \"{name}\"", "a text", "bytes that are no characters", "It may be damaged.", error);
        }
    }

    private static double Number(char kind, int size, byte[] item) => (kind, size) switch
    {
        ('f', 2) => (double)BinaryPrimitives.ReadHalfLittleEndian(item),
        ('f', 4) => BinaryPrimitives.ReadSingleLittleEndian(item),
        ('f', _) => BinaryPrimitives.ReadDoubleLittleEndian(item),
        ('i', 1) => (sbyte)item[0],
        ('i', 2) => BinaryPrimitives.ReadInt16LittleEndian(item),
        ('i', 4) => BinaryPrimitives.ReadInt32LittleEndian(item),
        ('i', _) => BinaryPrimitives.ReadInt64LittleEndian(item),
        (_, 1) => item[0],
        (_, 2) => BinaryPrimitives.ReadUInt16LittleEndian(item),
        (_, 4) => BinaryPrimitives.ReadUInt32LittleEndian(item),
        _ => BinaryPrimitives.ReadUInt64LittleEndian(item),
    };

    private static (string Type, bool IsColumnMajor, long[] Shape, int Bytes) Header(string at, Stream stream)
    {
        byte[] start = new byte[12];
        try
        {
            stream.ReadExactly(start, 0, 10);
            if (!start.AsSpan(0, 6).SequenceEqual((ReadOnlySpan<byte>)[0x93, .. "NUMPY"u8]) || start[6] is 0 or > 3)
                throw new DataFileException(at, "an array as numpy.save writes it", "a file of another format");
            int length = BinaryPrimitives.ReadUInt16LittleEndian(start.AsSpan(8));
            int before = start[6] == 1 ? 10 : 12;
            if (before == 12)
            {
                stream.ReadExactly(start, 10, 2);
                length = BinaryPrimitives.ReadInt32LittleEndian(start.AsSpan(8));
            }
            if (length is <= 0 or > MostHeaderBytes)
                throw new DataFileException(at, $"a header of at most {MostHeaderBytes} bytes", $"{length}");
            byte[] bytes = new byte[length];
            stream.ReadExactly(bytes);
            var match = HeaderPattern().Match(Encoding.UTF8.GetString(bytes));
            long[] shape = [.. match.Groups["axes"].Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(axis => long.TryParse(axis, NumberStyles.None, CultureInfo.InvariantCulture, out long count) ? count : long.MaxValue)];
            return !match.Success || shape.Any(count => count > Array.MaxLength)
                ? throw new DataFileException(at, "a header with one type, an order and a shape", CsvText.Shown(Encoding.UTF8.GetString(bytes)))
                : (match.Groups["type"].Value, match.Groups["order"].Value == "True", shape, before + length);
        }
        catch (EndOfStreamException error)
        {
            throw new DataFileException(at, "an array as numpy.save writes it", "a file that ends in its header", "It may be cut off.", error);
        }
    }

    [GeneratedRegex(
        @"^\s*\{\s*'descr':\s*'(?<type>[<>|=][a-zA-Z]\d+)',\s*'fortran_order':\s*(?<order>True|False),\s*'shape':\s*\((?<axes>[\d,\s]*)\),?\s*\}\s*$")]
    private static partial Regex HeaderPattern();
}
