using System.Buffers;
using CsvHelper;

namespace Kappa.Data.Tables;

/// <summary>Makes values of a block of records. It depends on the block and the schema alone, so that blocks may be parsed in any order.</summary>
internal static class CsvBlockParser
{
    /// <summary>The values of a block, which is given back.</summary>
    /// <param name="schema">What the file is.</param>
    /// <param name="block">The block.</param>
    /// <exception cref="DataFileException">A record or a value is not what it must be.</exception>
    internal static (int Rows, CsvColumnPart?[] Columns) Parse(CsvSchema schema, CsvBlock block)
    {
        char[] scratch = ArrayPool<char>.Shared.Rent(1024);
        try
        {
            using var record = CsvText.Records(schema.Path, schema.Separator, block);
            int mostRows = block.Bytes.AsSpan(0, block.Length).Count((byte)'\n') + 1;
            var parts = schema.Kinds.Select((kind, i) => schema.Passed?[i] == true ? null : new CsvColumnPart(kind, mostRows)).ToArray();
            int rows = 0;
            bool[] areNumbers = Array.ConvertAll(schema.Kinds, kind => kind == ColumnKind.Number && !schema.HasNumbersForMissing);
            char point = schema.Point;
            bool isHeader = schema.HasHeader && block.IsFirst;
            while (record.Read())
            {
                // An empty line says nothing, unless a column alone has a missing value.
                if ((isHeader || parts.Length > 1) && CsvText.IsEmptyLine(record))
                    continue;
                if (record.FieldCount != parts.Length)
                    throw Ragged(schema, Line(), record.FieldCount);
                if (isHeader)
                {
                    isHeader = false;
                    continue;
                }
                if (rows == mostRows)
                {
                    throw new DataFileException(
                        schema.At(Line()), "lines that all end in LF or CR LF", "CR alone", "Convert the file, for instance with 'mac2unix'.");
                }
                for (int column = 0; column < parts.Length; column++)
                {
                    if (parts[column] is not { } part)
                        continue;
                    var raw = record.GetRawSpan(column);
                    // Most fields of large files are numbers without quotes, spaces or surprises.
                    if (areNumbers[column] && NumberText.TryParseExactly(raw, point, out double number, out bool isWhole))
                    {
                        part.Numbers![rows] = number;
                        part.IsWhole &= isWhole;
                        continue;
                    }
                    if (part.TrySetAsBefore(rows, raw))
                        continue;
                    if (scratch.Length < raw.Length)
                    {
                        ArrayPool<char>.Shared.Return(scratch);
                        scratch = ArrayPool<char>.Shared.Rent(raw.Length);
                    }
                    Set(schema, part, column, rows, scratch.AsSpan(0, Encoding.UTF8.GetChars(raw, scratch)), record, block);
                    part.Remember(rows, raw);
                }
                rows++;
            }
            return (rows, parts);

            long Line() => CsvText.LineOf(record, block);
        }
        finally
        {
            ArrayPool<char>.Shared.Return(scratch);
            block.Return();
        }
    }

    private static DataFileException Ragged(CsvSchema schema, long line, int count) => new(
        schema.At(line),
        $"{schema.Names.Length} field{(schema.Names.Length == 1 ? "" : "s")} parted by {CsvSniffer.NameOf(schema.Separator)}, as in the first line", $"{count}",
        count > schema.Names.Length ? $"A field with {CsvSniffer.NameOf(schema.Separator)} in it needs quotes around it." : "The line may be cut off.");

    private static void Set(CsvSchema schema, CsvColumnPart part, int column, int row, ReadOnlySpan<char> raw, CsvReader record, CsvBlock block)
    {
        var kind = schema.Kinds[column];
        if (!CsvText.TryUnquote(raw, out var field))
            throw CsvText.WrongQuotes(schema.At(CsvText.LineOf(record, block), column), raw);
        if (schema.IsMissing(field))
        {
            part.SetMissing(row);
        }
        else if (kind == ColumnKind.Number)
        {
            part.Numbers![row] = Number(schema, column, field, record, block, out bool isWhole);
            part.IsWhole &= isWhole;
        }
        else if (kind == ColumnKind.Date)
        {
            part.Numbers![row] = DateText.TryParse(field, schema.DateFormat, out double days) ? days : throw new DataFileException(
                schema.At(CsvText.LineOf(record, block), column), $"a date ({schema.DateFormat ?? "ISO 8601, such as 2024-05-31"})", CsvText.Shown(field),
                CsvText.WayOut(field));
        }
        else
        {
            part.SetText(row, field);
        }
    }

    private static bool IsUsual(double number, bool isWhole) => double.IsFinite(number) && (!isWhole || WholeNumbers.IsExact(number));

    private static double Number(CsvSchema schema, int column, ReadOnlySpan<char> field, CsvReader record, CsvBlock block, out bool isWhole)
    {
        bool isNumber = NumberText.TryParse(field, schema.Point, out double number, out isWhole);
        if (isNumber && IsUsual(number, isWhole))
            return number;
        string at = schema.At(CsvText.LineOf(record, block), column);
        if (isNumber)
        {
            throw isWhole && double.IsFinite(number)
                ? new DataFileException(
                    at, "a number", $"{field}, which {WholeNumbers.Inexact}", $"CsvOptions.Types[\"{schema.Names[column]}\"] says what it is.")
                : new DataFileException(at, "a number up to 1.8e308", CsvText.Shown(field));
        }
        throw new DataFileException(
            at, NumberText.IsNotFinite(field) ? "a finite number" : $"a number with {(schema.Point == ',' ? "a decimal comma" : "a decimal point")}",
            CsvText.Shown(field), CsvText.WayOut(field));
    }
}
