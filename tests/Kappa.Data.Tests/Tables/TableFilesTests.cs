using System.IO.Compression;
using Parquet;
using Parquet.Schema;

namespace Kappa.Data.Tests.Tables;

public sealed class TableFilesTests
{
    [Fact]
    public async Task Parquet_columns_come_with_their_kinds_over_all_groups()
    {
        using var folder = new TemporaryFolder();
        DataField[] fields =
        [
            new DataField<double>("x"), new DataField<int?>("n"), new DataField<string>("s"), new DataField<bool>("b"), new DataField<DateTime>("d"),
            new DataField<float>("f"),
        ];
        await WriteAsync(folder["a.parquet"], fields, 2, async (group, row) =>
        {
            await group.WriteAsync<double>(fields[0], new double[] { row, row + 0.5 });
            await group.WriteAsync<int>(fields[1], new int?[] { 7, null });
            await group.WriteAsync(fields[2], new string?[] { "a", null }!);
            await group.WriteAsync<bool>(fields[3], new[] { true, false });
            await group.WriteAsync<DateTime>(fields[4], new[] { new DateTime(2024, 5, 31, 0, 0, 0, DateTimeKind.Utc), DateTime.UnixEpoch });
            await group.WriteAsync<float>(fields[5], new[] { 1f, float.NaN });
        });
        Assert.EndsWith(
            "column \"f\", rows from 0: expected finite numbers, and null where there is none, got NaN. nanIsMissing takes NaN for a missing value.",
            Assert.Throws<DataFileException>(() => Table.ReadParquet(folder["a.parquet"])).Message);
        var table = Table.ReadParquet(folder["a.parquet"], nanIsMissing: true);
        Assert.Equal([0, 0.5, 1, 1.5], ((NumberColumn)table["x"]).Values.ToArray());
        Assert.Equal([7, double.NaN, 7, double.NaN], ((NumberColumn)table["n"]).Values.ToArray());
        Assert.True(((NumberColumn)table["n"]).IsWhole && !((NumberColumn)table["x"]).IsWhole);
        Assert.Equal([0, -1, 0, -1], ((CategoryColumn)table["s"]).Codes.ToArray());
        Assert.Equal("false", table["b"].TextOf(3));
        Assert.Equal(new DateTime(2024, 5, 31), ((DateColumn)table["d"]).DateOf(2));
        Assert.Equal(2, table["f"].MissingCount);
    }

    [Fact]
    public async Task Reading_Parquet_says_how_far_it_is_and_can_be_stopped()
    {
        using var folder = new TemporaryFolder();
        DataField[] fields = [new DataField<double>("x"), new DataField<double>("y")];
        await WriteAsync(folder["a.parquet"], fields, 2, async (group, _) =>
        {
            await group.WriteAsync<double>(fields[0], new double[3]);
            await group.WriteAsync<double>(fields[1], new double[3]);
        });
        List<double> said = [];
        _ = Table.ReadParquet(folder["a.parquet"], progress: new Said<double>(said.Add));
        Assert.Equal([0.25, 0.5, 0.75, 1], said);
        _ = Assert.ThrowsAny<OperationCanceledException>(() => Table.ReadParquet(folder["a.parquet"], cancellation: new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task A_damaged_Parquet_file_is_said_to_be_one()
    {
        using var folder = new TemporaryFolder();
        DataField[] fields = [new DataField<double>("x")];
        await WriteAsync(folder["a.parquet"], fields, 1, async (group, _) => await group.WriteAsync<double>(fields[0], new double[1000]));
        byte[] bytes = File.ReadAllBytes(folder["a.parquet"]);
        foreach (int length in new[] { 0, 3, bytes.Length / 2, bytes.Length - 1 })
        {
            File.WriteAllBytes(folder["b.parquet"], bytes[..length]);
            Assert.Contains("b.parquet: expected a Parquet file", Assert.Throws<DataFileException>(() => Table.ReadParquet(folder["b.parquet"])).Message);
        }
    }

    [Fact]
    public async Task No_single_bit_of_a_Parquet_footer_makes_it_one_that_is_read_for_ever()
    {
        using var folder = new TemporaryFolder();
        DataField[] fields = [new DataField<double>("x"), new DataField<string>("y")];
        await WriteAsync(folder["a.parquet"], fields, 1, async (group, _) =>
        {
            await group.WriteAsync<double>(fields[0], new double[3]);
            await group.WriteAsync(fields[1], new[] { "a", "b", "c" });
        });
        byte[] bytes = File.ReadAllBytes(folder["a.parquet"]);
        int first = bytes.Length - 8 - BitConverter.ToInt32(bytes, bytes.Length - 8), refused = 0;
        for (int i = first; i < bytes.Length - 4; i++)
        {
            for (int bit = 0; bit < 8; bit++)
            {
                bytes[i] ^= (byte)(1 << bit);
                File.WriteAllBytes(folder["b.parquet"], bytes);
                if (Record.Exception(() => Table.ReadParquet(folder["b.parquet"])) is { } error)
                {
                    Assert.DoesNotContain("a footer that ends", Assert.IsType<DataFileException>(error).Message);
                    refused++;
                }
                bytes[i] ^= (byte)(1 << bit);
            }
        }
        Assert.True(refused > 0);
    }

    [Fact]
    public void Numpy_arrays_become_columns()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["a.npy"], Npy("<f8", "(3,)", [1.5, 2, -3]));
        Assert.Equal([1.5, 2, -3], ((NumberColumn)Table.ReadNumpy(folder["a.npy"])["column1"]).Values.ToArray());
        File.WriteAllBytes(folder["a.npy"], Npy("<f8", "(3, 2)", [1.0, 2, 3, 4, 5, 6]));
        Assert.Equal([2, 4, 6], ((NumberColumn)Table.ReadNumpy(folder["a.npy"])["column2"]).Values.ToArray());
        File.WriteAllBytes(folder["a.npy"], Npy("<f8", "(3, 2)", [1.0, 2, 3, 4, 5, 6], isColumnMajor: true));
        Assert.Equal([4, 5, 6], ((NumberColumn)Table.ReadNumpy(folder["a.npy"])["column2"]).Values.ToArray());
        using (var archive = ZipFile.Open(folder["a.npz"], ZipArchiveMode.Create))
        {
            foreach (var (name, bytes) in new[] { ("x.npy", Npy("<f8", "(2, 2)", [1.0, 2, 3, 4])), ("y.npy", Npy("<i8", "(2,)", [7L, -9L])) })
            {
                using var stream = archive.CreateEntry(name).Open();
                stream.Write(bytes);
            }
        }
        var table = Table.ReadNumpy(folder["a.npz"]);
        Assert.Equal(["x1", "x2", "y"], table.Columns.Select(column => column.Name));
        Assert.Equal([7, -9], ((NumberColumn)table["y"]).Values.ToArray());
        Assert.True(((NumberColumn)table["y"]).IsWhole);
    }

    [Fact]
    public void A_damaged_Numpy_file_is_said_to_be_one()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("row 1, column \"column1\": expected a finite number, got NaN. nanIsMissing", Fails(Npy("<f8", "(2,)", [1.0, double.NaN])));
        Assert.Contains("row 0, column \"column1\": expected a finite number, got Infinity", Fails(Npy("<f8", "(1,)", [double.PositiveInfinity])));
        Assert.Contains("is not below 2^53", Fails(Npy("<i8", "(1,)", [1L << 60])));
        Assert.Contains("little-endian", Fails(Npy(">f8", "(1,)", [1.0])));
        Assert.Contains("little-endian", Fails(Npy(">U1", "(1,)", [97])));
        Assert.Contains("row 0, column \"column1\": expected a text, got bytes that are no characters", Fails(Npy("<U1", "(1,)", [0x110000])));
        Assert.Contains("expected one row or more of one column or more, got 0 rows of 3 columns", Fails(Npy<double>("<f8", "(0, 3)", [])));
        Assert.Contains("expected one row or more of one column or more, got 2 rows of 0 columns", Fails(Npy<double>("<f8", "(2, 0)", [])));
        Assert.Contains("one of 0 axes", Fails(Npy("<f8", "()", [1.0])));
        Assert.Contains("the type '|O8'", Fails(Npy("|O8", "(1,)", [1L])));
        Assert.Contains("a header with one type", Fails(Npy("[('a', '<f8')]", "(1,)", [1.0])));
        Assert.Contains("the type '<c16'", Fails(Npy("<c16", "(1,)", [1.0, 2.0])));
        Assert.Contains("one of 3 axes", Fails(Npy("<f8", "(1, 1, 1)", [1.0])));
        Assert.Contains("for 1000000000 rows", Fails(Npy("<f8", "(1000000000,)", [1.0])));
        Assert.Contains("a file that ends in its header", Fails(Npy("<f8", "(1,)", [1.0])[..20]));
        Assert.Contains("a file of another format", Fails("0123456789abcdef"u8.ToArray()));
        Assert.Contains("expected 8 bytes of values", Fails(Npy("<f8", "(1,)", [1.0])[..^1]));
        Assert.Contains("a header with one type", Fails(Npy("|O", "(1,)", [1.0])));

        string Fails(byte[] bytes)
        {
            File.WriteAllBytes(folder["a.npy"], bytes);
            return Assert.Throws<DataFileException>(() => Table.ReadNumpy(folder["a.npy"])).Message;
        }
    }

    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.Fastest)]
    public void No_changed_byte_of_an_archive_of_arrays_is_read_as_another_number(CompressionLevel level)
    {
        using var folder = new TemporaryFolder();
        double[] values = [.. Enumerable.Range(0, 40).Select(i => Math.Sin(i))];
        using (var archive = ZipFile.Open(folder["a.npz"], ZipArchiveMode.Create))
        {
            using var stream = archive.CreateEntry("x.npy", level).Open();
            stream.Write(Npy("<f8", "(40,)", values));
        }
        byte[] bytes = File.ReadAllBytes(folder["a.npz"]);
        int refused = 0;
        for (int at = 0; at < bytes.Length; at++)
        {
            byte[] changed = [.. bytes];
            changed[at] ^= 0x10;
            File.WriteAllBytes(folder["b.npz"], changed);
            try
            {
                var table = Table.ReadNumpy(folder["b.npz"]);
                Assert.Equal(values, ((NumberColumn)Assert.Single(table.Columns)).Values.ToArray());
            }
            catch (DataFileException)
            {
                refused++;
            }
        }
        Assert.True(refused > 320, $"{refused}");
        for (int length = 0; length < bytes.Length; length++)
        {
            File.WriteAllBytes(folder["b.npz"], bytes[..length]);
            _ = Assert.Throws<DataFileException>(() => Table.ReadNumpy(folder["b.npz"]));
        }
    }

    [Fact]
    public void Arrays_whose_columns_have_one_name_are_refused()
    {
        using var folder = new TemporaryFolder();
        using (var archive = ZipFile.Open(folder["a.npz"], ZipArchiveMode.Create))
        {
            foreach (var (name, shape) in new[] { ("x.npy", "(2, 1)"), ("x1.npy", "(2,)") })
            {
                using var stream = archive.CreateEntry(name).Open();
                stream.Write(Npy("<f8", shape, [1.0, 2]));
            }
        }
        Assert.Contains("arrays whose columns have different names, got \"x1\" twice", Assert.Throws<DataFileException>(
            () => Table.ReadNumpy(folder["a.npz"])).Message);
    }

    private static byte[] Npy<T>(string type, string shape, T[] values, bool isColumnMajor = false)
        where T : unmanaged
    {
        string header = $"{{'descr': '{type}', 'fortran_order': {isColumnMajor}, 'shape': {shape}, }}";
        header = header.PadRight(117) + "\n";
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header),
            .. System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()).ToArray()];
    }

    private static async Task WriteAsync(string path, DataField[] fields, int groups, Func<ParquetRowGroupWriter, int, Task> write)
    {
        await using var stream = File.Create(path);
        await using var writer = await ParquetWriter.CreateAsync(new ParquetSchema(fields), stream);
        for (int i = 0; i < groups; i++)
        {
            using var group = writer.CreateRowGroup();
            await write(group, i);
        }
    }
}
