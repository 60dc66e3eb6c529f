using Parquet;
using Parquet.Schema;

namespace Kappa.Data.Tables;

/// <summary>Reads the flat columns of a Parquet file.</summary>
internal sealed class ParquetFile(string path, bool nanIsMissing)
{
    // Columns of one value are packed to next to nothing. A file that promises more than this for each of its bytes is made to fill the memory.
    private const long MostRowsPerByte = 1000;
    private const long AlwaysRead = 1 << 24;

    // Footers are read in milliseconds. What gets past RequireWhole and is read for ever all the same costs a thread, and not the program.
    private static readonly TimeSpan MostForFooter = TimeSpan.FromSeconds(10);

    internal Table Read(IProgress<double>? progress, CancellationToken cancellation)
    {
        RegularFile.Require(path, "a Parquet file");
        var mark = new FileMark(path);
        try
        {
            // Away from a context that would wait for itself.
            var table = Task.Run(() => ReadAsync(progress, cancellation), CancellationToken.None).GetAwaiter().GetResult();
            mark.RequireUnchanged();
            return table;
        }
        catch (OutOfMemoryException error)
        {
            throw new DataFileException(
                path, "a table that fits into memory", "one that asks for more than there is", "It may be damaged; otherwise read it in parts.", error);
        }
        catch (Exception error) when (error is not (
            DataFileException or FileNotFoundException or UnauthorizedAccessException or OperationCanceledException))
        {
            throw new DataFileException(path, "a Parquet file", error.Message, "It may be cut off, damaged, or of another format.", error);
        }
    }

    private async Task<Table> ReadAsync(IProgress<double>? progress, CancellationToken cancellation)
    {
        await using var file = new EndingFile(path);
        ParquetFooter.RequireWhole(file);
        var opening = Task.Run(() => ParquetReader.CreateAsync(file), cancellation);
        if (await Task.WhenAny(opening, Task.Delay(MostForFooter, cancellation)) != opening)
        {
            cancellation.ThrowIfCancellationRequested();
            throw new DataFileException(path, "a footer that ends", $"one that was not read within {MostForFooter.TotalSeconds} s", "It may be damaged.");
        }
        await using var reader = await opening;
        foreach (var field in reader.Schema.Fields)
        {
            if (field is not DataField { IsArray: false })
            {
                throw new DataFileException(
                    $"{path}, column \"{field.Name}\"", "a value for each row", "lists or records", "Flatten it before it is written.");
            }
        }
        DataField[] fields = reader.Schema.DataFields;
        var parts = fields.Select(_ => new List<TableColumn>()).ToArray();
        long rows = 0;
        for (int i = 0; i < reader.RowGroupCount; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var group = reader.OpenRowGroupReader(i);
            long most = Math.Min(Array.MaxLength, Math.Max(AlwaysRead, MostRowsPerByte * file.Length));
            if (group.RowCount < 0 || (rows += group.RowCount) > most)
                throw new DataFileException(path, $"at most {most} rows, by the {file.Length} bytes of the file", $"{rows}", "It may be damaged.");
            for (int column = 0; column < fields.Length; column++)
            {
                parts[column].Add(await ColumnAsync(group, fields[column], rows - group.RowCount));
                progress?.Report((i + ((column + 1.0) / fields.Length)) / reader.RowGroupCount);
            }
        }
        return rows == 0 ? throw new DataFileException(path, "rows", "none") : new Table(parts.Select(Join));
    }

    private async Task<TableColumn> ColumnAsync(ParquetRowGroupReader group, DataField field, long first)
    {
        string name = field.Name;
        var type = field.ClrType;
        if (type == typeof(string) || type == typeof(ReadOnlyMemory<char>))
        {
            var texts = new string?[group.RowCount];
            await group.ReadAsync(field, new Memory<string?>(texts));
            return CategoryColumn.From(name, texts);
        }
        if (type == typeof(bool))
        {
            double[] truths = await ValuesAsync<bool>(group, field, value => value ? 1 : 0);
            return CategoryColumn.From(name, truths.Select(value => double.IsNaN(value) ? null : value == 1 ? "true" : "false"));
        }
        if (type == typeof(DateTime))
            return new DateColumn(name, await ValuesAsync<DateTime>(group, field, DateColumn.DaysOf));
        if (type == typeof(DateOnly))
            return new DateColumn(name, await ValuesAsync<DateOnly>(group, field, day => DateColumn.DaysOf(day.ToDateTime(default))));
        bool isWhole = type != typeof(float) && type != typeof(double) && type != typeof(decimal);
        double[] numbers = type switch
        {
            _ when type == typeof(double) => await ValuesAsync<double>(group, field, value => Finite(value, name)),
            _ when type == typeof(float) => await ValuesAsync<float>(group, field, value => Finite(value, name)),
            _ when type == typeof(decimal) => await ValuesAsync<decimal>(group, field, value => (double)value),
            _ when type == typeof(long) => await ValuesAsync<long>(group, field, value => Exact(value, name)),
            _ when type == typeof(ulong) => await ValuesAsync<ulong>(group, field, value => Exact(value, name)),
            _ when type == typeof(int) => await ValuesAsync<int>(group, field, value => value),
            _ when type == typeof(uint) => await ValuesAsync<uint>(group, field, value => value),
            _ when type == typeof(short) => await ValuesAsync<short>(group, field, value => value),
            _ when type == typeof(ushort) => await ValuesAsync<ushort>(group, field, value => value),
            _ when type == typeof(sbyte) => await ValuesAsync<sbyte>(group, field, value => value),
            _ when type == typeof(byte) => await ValuesAsync<byte>(group, field, value => value),
            _ => throw new DataFileException(
                $"{path}, column \"{name}\"", "numbers, texts, truth values or dates", type.Name, "Leave it out when it is written."),
        };
        return new NumberColumn(name, numbers, isWhole);

        double Finite(double value, string column) => double.IsFinite(value) || (nanIsMissing && double.IsNaN(value)) ? value : throw new DataFileException(
            $"{path}, column \"{column}\", rows from {first}", "finite numbers, and null where there is none", $"{value}",
            double.IsNaN(value) ? "nanIsMissing takes NaN for a missing value." : null);

        double Exact(decimal value, string column) => WholeNumbers.IsExact((double)value) ? (double)value
            : throw new DataFileException($"{path}, column \"{column}\", rows from {first}", "a number", $"{value}, which {WholeNumbers.Inexact}");
    }

    private static async Task<double[]> ValuesAsync<T>(ParquetRowGroupReader group, DataField field, Func<T, double> convert)
        where T : struct
    {
        if (field.IsNullable)
        {
            var some = new T?[group.RowCount];
            await group.ReadAsync<T>(field, new Memory<T?>(some));
            return Array.ConvertAll(some, value => value is { } there ? convert(there) : double.NaN);
        }
        var all = new T[group.RowCount];
        await group.ReadAsync<T>(field, new Memory<T>(all));
        return Array.ConvertAll(all, value => convert(value));
    }

    private static TableColumn Join(List<TableColumn> parts) => parts.Count == 1 ? parts[0] : parts[0] switch
    {
        NumberColumn first => new NumberColumn(first.Name, [.. parts.SelectMany(part => ((NumberColumn)part).Values.ToArray())], first.IsWhole),
        DateColumn first => new DateColumn(first.Name, [.. parts.SelectMany(part => ((DateColumn)part).Days.ToArray())]),
        var first => CategoryColumn.From(first.Name, parts.SelectMany(part =>
            Enumerable.Range(0, part.Count).Select(row => part.IsMissing(row) ? null : part.TextOf(row)))),
    };
}
