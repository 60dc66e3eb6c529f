using System.IO.Compression;
using System.Runtime.InteropServices;
using Parquet;
using Parquet.Schema;

namespace Kappa.Fuzz.Targets;

/// <summary>Tables.</summary>
internal static class TableTargets
{
    private static readonly Lazy<TableEncoder> Encoder = new(() =>
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["a.csv"], Rows);
        return TableEncoder.Fit(Table.ReadCsv(folder["a.csv"]), "kind");
    });

    private const string Rows = "x,when,colour,kind\n1.5,2024-05-31,red,a\n-2,2024-06-01,blue,b\n,2024-06-02,\"re\"\"d\",a\n4e3,2024-06-03T12:00:00Z,NA,b\n";

    internal static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("csv", ReadCsv)
        {
            Readers = ["Table.ReadCsv"], Refusals = [typeof(DataFileException)], Form = Form.Text,
            Seeds = () =>
            [
                ("rows", Encoding.UTF8.GetBytes(Rows)), ("semicolons", Encoding.UTF8.GetBytes("sep=;\na;b\r\n1,5;\"x\r\ny\"\r\n2,5;z\r\n")),
                ("utf16", [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("a\tb\n1\t2\n")]), ("one", "a\n1\n2\n"u8.ToArray()),
                ("codes", "id|n\n007|9007199254740991\n008|1\n"u8.ToArray()),
            ],
        },
        new("csv-stream", ReadStream)
        {
            Readers = ["CsvStream..ctor"], Refusals = [typeof(DataFileException)], Form = Form.Text,
            Seeds = () => [("rows", Encoding.UTF8.GetBytes(
                Rows.Replace("NA", "red", StringComparison.Ordinal).Replace("re\"\"d", "red", StringComparison.Ordinal)))],
        },
        new("parquet", input => Faithful(Table.ReadParquet(input.File, nanIsMissing: true)))
        {
            Readers = ["Table.ReadParquet"], Refusals = [typeof(DataFileException)],
            // Parquet.Net takes what the header of a page promises, which is 2 GB at most.
            MostAllocated = length => (4L << 30) + (4096L * length), Seeds = () => [("columns", Parquet().GetAwaiter().GetResult())],
        },
        new("numpy", input => Faithful(Table.ReadNumpy(input.File, nanIsMissing: true)))
        {
            Readers = ["Table.ReadNumpy"], Refusals = [typeof(DataFileException)], Form = Form.Text,
            Seeds = () =>
            [
                ("doubles", Npy("<f8", "(3, 2)", [1.0, 2, 3, 4, 5, double.NaN])), ("longs", Npy("<i8", "(2,)", [7L, -9L])),
                ("texts", Npy("<U2", "(2,)", [97, 0, 98, 99])), ("halves", Npy("<f2", "(1, 2)", [(Half)1, (Half)2])),
                ("truths", Npy("|b1", "(2,)", new byte[] { 0, 1 })),
                ("archive", Npz(CompressionLevel.NoCompression)), ("packed", Npz(CompressionLevel.Fastest)),
            ],
        },
        new("table-encoder", ReadEncoder)
        {
            Readers = ["TableEncoder.Load"], Refusals = [typeof(DataFileException)], Form = Form.Text, Repair = Seal.Renewed,
            Seeds = () => [("fitted", Saved(Encoder.Value))],
        },
    ];

    /// <summary>Writes a table that was read as separated values, and reads it again: values and what is missing are the same.</summary>
    private static string ReadCsv(FuzzInput input)
    {
        var table = Table.ReadCsv(input.File, new CsvOptions { Threads = 1 });
        var parallel = Table.ReadCsv(input.Beside("input"), new CsvOptions { Threads = 2 });
        UnfaithfulException.Require("one thread and two", Text(table), Text(parallel));
        string written = input.Beside("written.csv");
        File.WriteAllText(written, Text(table));
        var types = table.Columns.ToDictionary(column => column.Name, column => column.Kind);
        // A line without anything is no row where there are several columns, and one where there is one.
        var again = Table.ReadCsv(written, new CsvOptions { Separator = ',', HasHeader = true, Types = types, DecimalComma = false, MissingValues = [""] });
        UnfaithfulException.Require("a second writing", Text(table), Text(again));
        return string.Join(' ', table.Columns.Select(column => $"{column.Kind}").Distinct().Order())
            + (table.Columns.Any(one => one.MissingCount > 0) ? " missing" : "");
    }

    private static string ReadStream(FuzzInput input)
    {
        using var stream = new CsvStream(input.File, Encoder.Value, 2, seed: 0);
        int batches = 0;
        for (; batches < stream.BatchesPerEpoch; batches++)
            _ = stream.Next();
        return $"{batches}";
    }

    private static string ReadEncoder(FuzzInput input)
    {
        var encoder = TableEncoder.Load(input.File);
        input.RequireSameAgain(Saved(encoder), path => Saved(TableEncoder.Load(path)));
        return $"{encoder.TargetKind} {encoder.FeatureNames.Count}";
    }

    private static string Faithful(Table table) => string.Join(' ', table.Columns.Select(column => $"{column.Kind}").Distinct().Order());

    private static string Text(Table table)
    {
        var text = new StringBuilder();
        _ = text.AppendLine(string.Join(',', table.Columns.Select(column => Quoted(column.Name))));
        for (int row = 0; row < table.RowCount; row++)
            _ = text.AppendLine(string.Join(',', table.Columns.Select(column => column.IsMissing(row) ? "" : Quoted(column.TextOf(row)))));
        return text.ToString();
    }

    private static string Quoted(string text) => $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static byte[] Saved(TableEncoder encoder)
    {
        using var folder = new TemporaryFolder();
        encoder.Save(folder["encoder"]);
        return File.ReadAllBytes(folder["encoder"]);
    }

    private static async Task<byte[]> Parquet()
    {
        DataField[] fields =
        [
            new DataField<double>("x"), new DataField<int?>("n"), new DataField<string>("s"), new DataField<bool>("b"), new DataField<DateTime>("d"),
            new DataField<float>("f"), new DataField<long>("l"), new DataField<decimal>("m"),
        ];
        using var stream = new MemoryStream();
        await using (var writer = await ParquetWriter.CreateAsync(new ParquetSchema(fields), stream))
        {
            for (int group = 0; group < 2; group++)
            {
                using var rows = writer.CreateRowGroup();
                await rows.WriteAsync<double>(fields[0], new double[] { group, group + 0.5 });
                await rows.WriteAsync<int>(fields[1], new int?[] { 7, null });
                await rows.WriteAsync(fields[2], new string?[] { "a", null }!);
                await rows.WriteAsync<bool>(fields[3], new[] { true, false });
                await rows.WriteAsync<DateTime>(fields[4], new[] { new DateTime(2024, 5, 31, 0, 0, 0, DateTimeKind.Utc), DateTime.UnixEpoch });
                await rows.WriteAsync<float>(fields[5], new[] { 1f, float.NaN });
                await rows.WriteAsync<long>(fields[6], new[] { 1L, -1L });
                await rows.WriteAsync<decimal>(fields[7], new[] { 1.5m, -2m });
            }
        }
        return stream.ToArray();
    }

    private static byte[] Npy<T>(string type, string shape, T[] values)
        where T : unmanaged
    {
        string header = $"{{'descr': '{type}', 'fortran_order': False, 'shape': {shape}, }}".PadRight(117) + "\n";
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header), .. MemoryMarshal.AsBytes(values.AsSpan()).ToArray()];
    }

    private static byte[] Npz(CompressionLevel level)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, bytes) in new[] { ("x.npy", Npy("<f8", "(2, 2)", [1.0, 2, 3, 4])), ("y.npy", Npy("<i8", "(2,)", [7L, -9L])) })
            {
                using var entry = archive.CreateEntry(name, level).Open();
                entry.Write(bytes);
            }
        }
        return stream.ToArray();
    }
}
