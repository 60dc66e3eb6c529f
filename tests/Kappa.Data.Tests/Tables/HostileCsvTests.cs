using System.IO.Compression;

namespace Kappa.Data.Tests.Tables;

/// <summary>Files as strangers send them: each is read for what it says, or refused with what was expected, what came and the way out.</summary>
public sealed class HostileCsvTests
{
    private static readonly CsvOptions SmallBlocks = new() { BlockBytes = 64 };

    /// <summary>Texts that say the same table: a is 1.5 and 2.5, k is x and y.</summary>
    private static readonly Dictionary<string, string> Same = new()
    {
        ["line ends of Windows"] = "a,k\r\n1.5,x\r\n2.5,y\r\n",
        ["no last line end"] = "a,k\n1.5,x\n2.5,y",
        ["a line that names the separator"] = "sep=;\na;k\n1.5;x\n2.5;y\n",
        ["the same of Windows, in capitals"] = "SEP=|\r\na|k\r\n1.5|x\r\n2.5|y\r\n",
        ["a separator that is found out by nothing else"] = "sep=~\na~k\n1.5~x\n2.5~y\n",
        ["its line before empty ones"] = "sep=;\n\n \na;k\n1.5;x\n2.5;y\n",
        ["empty lines first"] = "\n \r\n\na,k\n1.5,x\n2.5,y\n",
        ["more empty lines first than a block holds"] = new string('\n', 2_000_000) + "a,k\n1.5,x\n2.5,y\n",
        ["a block of empty lines in the midst"] = "a,k\n1.5,x\n" + new string('\n', 2_000_000) + "2.5,y\n",
        ["empty lines last"] = "a,k\n1.5,x\n2.5,y\n" + new string('\n', 2_000_000),
        ["signs and spaces"] = "a,k\n +1.5 ,x\n 2.5,y\n",
        ["a decimal comma"] = "a;k\n1,5;x\n2,5;y\n",
        ["quotes"] = "\"a\",\"k\"\n\"1.5\",\"x\"\n\"2.5\",\"y\"\n",
        ["an exponent"] = "a,k\n15e-1,x\n0.25E+1,y\n",
    };

    public static TheoryData<string> SameNames => [.. Same.Keys];

    public static TheoryData<string> FormatNames => [.. Formats.Keys];

    [Theory]
    [MemberData(nameof(SameNames))]
    public void Every_way_to_write_a_table_is_read_alike(string what)
    {
        foreach (var options in new[] { new CsvOptions(), SmallBlocks })
        {
            var table = CsvTests.Read(Same[what], options);
            Assert.Equal(["a", "k"], table.Columns.Select(column => column.Name));
            Assert.Equal([1.5, 2.5], ((NumberColumn)table["a"]).Values.ToArray());
            Assert.Equal(["x", "y"], Enumerable.Range(0, table.RowCount).Select(table["k"].TextOf));
        }
    }

    /// <summary>The text below a header and 12,000 rows whose column z misses every value.</summary>
    public static TheoryData<string, string> Late => new()
    {
        { "7\n8\nsix\n", "column \"z\", which begins with nothing but missing values: expected a number, as most of the column is, got 'six'" },
        { "3.5\n1e400\n", "expected a finite number, and integers below 2^53, got '1e400'" },
        { "3.5\ninf\n", "expected a finite number, and integers below 2^53, got 'inf'" },
        { "9007199254740993\n", "expected a finite number, and integers below 2^53, got '9007199254740993'" },
        { "2024-01-01\n2024-01-02\n2024-13-01\n", "expected a date, as most of the column is, got '2024-13-01'" },
        { "\"1,5\"\n\"2,5\"\n", "expected decimals behind a point, got '1,5'. Set CsvOptions.DecimalComma" },
    };

    [Theory]
    [MemberData(nameof(Late))]
    public void A_column_that_begins_empty_is_held_to_the_rules_of_all_others(string values, string message)
    {
        string text = "z,k\n" + string.Concat(Enumerable.Repeat(",x\n", 12_000)) + values.Replace("\n", ",x\n");
        Assert.Contains(message, Assert.Throws<DataFileException>(() => CsvTests.Read(text, new CsvOptions { Separator = ',', HasHeader = true })).Message);
    }

    [Fact]
    public void Codes_with_zeros_in_front_stay_codes_where_their_column_begins_empty()
    {
        string text = "z,n\n" + string.Concat(Enumerable.Repeat(",1\n", 12_000)) + "01067,1\n80331,1\n";
        Assert.Equal(["01067", "80331"], ((CategoryColumn)CsvTests.Read(text)["z"]).Names);
    }

    /// <summary>A value among fifty that are numbers, and what is said of it.</summary>
    public static TheoryData<string, string> Values => new()
    {
        { "1e400", "line 52, column \"a\": expected a number up to 1.8e308, got '1e400'" },
        { "0x10", "line 52, column \"a\": expected a number, as most of the column is, got '0x10'" },
        { "1_000", "line 52, column \"a\": expected a number, as most of the column is, got '1_000'" },
        { "\"1,000\"", "line 52, column \"a\": expected a decimal point, as 1.5 has, got '1,000'" },
        { "\"1,000.5\"", "line 52, column \"a\": expected numbers without separators of thousands, got '1,000.5'" },
        { "1 000", "line 52, column \"a\": expected a number, as most of the column is, got '1 000'" },
        { "-inf", "line 52, column \"a\": expected a finite number, got '-inf'" },
        { "1.#QNAN", "line 52, column \"a\": expected a finite number, got '1.#QNAN'" },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void A_value_that_is_no_number_is_named_with_its_place(string value, string message)
    {
        string text = "a,k\n" + string.Concat(Enumerable.Repeat("1.5,x\n", 50)) + value + ",y\n";
        Assert.Contains(message, Assert.Throws<DataFileException>(() => CsvTests.Read(text)).Message);
    }

    private static readonly Dictionary<string, (byte[] Bytes, string Message)> Formats = new()
    {
        ["gzip"] = (Packed("a,b\n1,2\n"), "got a gzip archive. Unpack it first"),
        ["zip"] = ([.. "PK\u0003\u0004"u8, 20, 0], "got a zip archive, such as a spreadsheet"),
        ["Parquet"] = ([.. "PAR1\u0015"u8, 0x04, 0x15], "got a Parquet file. Read it as Parquet"),
        ["NumPy"] = ([0x93, .. "NUMPY"u8, 1, 0], "got a NumPy array"),
        ["zstd"] = ([0x28, 0xb5, 0x2f, 0xfd, 4], "got a zstd archive"),
        ["old spreadsheet"] = ([0xd0, 0xcf, 0x11, 0xe0, 0xa1], "got an old spreadsheet"),
        ["SQLite"] = ([.. "SQLite format 3\0"u8], "got a SQLite data base"),
        ["UTF-16 without a mark"] = (Encoding.Unicode.GetBytes("a,b\n1,2\n"), "UTF-16 without a byte order mark: then set CsvOptions.Encoding"),
        ["NUL in the midst"] = ([.. "a,b\n1,\0"u8], "got a NUL byte"),
        ["nine million columns"] = ([.. Enumerable.Repeat((byte)',', 9_000_000), (byte)'\n'], "at most 500000 columns, got 9000001"),
    };

    [Theory]
    [MemberData(nameof(FormatNames))]
    public void A_file_of_another_format_is_called_by_its_name(string what)
    {
        var (bytes, message) = Formats[what];
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["a.csv"], bytes);
        Assert.Contains(message, Assert.Throws<DataFileException>(() => Table.ReadCsv(folder["a.csv"], new CsvOptions { HasHeader = true })).Message);
    }

    [Fact]
    public void Another_kind_of_file_is_neither_opened_nor_waited_for()
    {
        using var folder = new TemporaryFolder();
        var readers = new Func<string, object>[] { path => Table.ReadCsv(path), path => Table.ReadParquet(path), path => Table.ReadNumpy(path) };
        List<(string Path, string Got)> cases = [(folder.FullPath, "got a folder")];
        File.WriteAllBytes(folder["empty"], []);
        cases.Add((folder["empty"], "got an empty file, a pipe or a device"));
        if (File.Exists("/dev/null"))
        {
            cases.AddRange([("/dev/null", "a pipe or a device"), ("/dev/zero", "a pipe or a device")]);
            using var made = System.Diagnostics.Process.Start("mkfifo", [folder["pipe"]]);
            made.WaitForExit();
            cases.Add((folder["pipe"], "a pipe or a device"));
            _ = File.CreateSymbolicLink(folder["link"], folder["pipe"]);
            cases.Add((folder["link"], "a pipe or a device"));
        }
        foreach (var read in readers)
        {
            foreach (var (path, got) in cases)
                Assert.Contains(got, Assert.Throws<DataFileException>(() => read(path)).Message);
            _ = Assert.Throws<FileNotFoundException>(() => read(folder["none"]));
        }
    }

    [Fact]
    public void What_a_link_leads_to_may_not_change_either()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["a.csv"], "a,b\n1,2\n");
        _ = File.CreateSymbolicLink(folder["link.csv"], folder["a.csv"]);
        var mark = new FileMark(folder["link.csv"]);
        mark.RequireUnchanged();
        File.AppendAllText(folder["a.csv"], "3,4\n");
        Assert.Contains("expected a file that stays as it is while it is read (8 bytes", Assert.Throws<DataFileException>(mark.RequireUnchanged).Message);
    }

    [Fact]
    public void Columns_that_are_not_asked_for_may_hold_anything()
    {
        const string text = "id,a,k\nA1,1.5,x\n7,2.5,y\n8,\"3.5\",y\n9,\"4.5\",y\n";
        Assert.Contains("column \"id\": expected a number", Assert.Throws<DataFileException>(() => CsvTests.Read(text)).Message);
        foreach (var options in new[] { new CsvOptions(), SmallBlocks })
        {
            var table = CsvTests.Read(text, options with { Columns = ["k", "a", "none"] });
            Assert.Equal(["a", "k"], table.Columns.Select(column => column.Name));
            Assert.Equal([1.5, 2.5, 3.5, 4.5], ((NumberColumn)table["a"]).Values.ToArray());
        }
        Assert.Contains("expected one of the columns z, got the columns id, a, k", Assert.Throws<DataFileException>(
            () => CsvTests.Read(text, new CsvOptions { Columns = ["z"] })).Message);
    }

    [Fact]
    public void More_rows_than_memory_takes_are_said_with_what_reads_them()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["a.csv"], "a,b\n" + string.Concat(Enumerable.Repeat("1,2\n", 100)));
        string message = Assert.Throws<DataFileException>(
            () => CsvTableReader.Read(folder["a.csv"], SmallBlocks, null, CancellationToken.None, mostRows: 99)).Message;
        Assert.Contains("expected at most 99 rows, which a table in memory has, got more. CsvStream reads larger files", message);
        Assert.Equal(100, CsvTableReader.Read(folder["a.csv"], SmallBlocks, null, CancellationToken.None, mostRows: 100).RowCount);
    }

    private static byte[] Packed(string text)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionMode.Compress))
            gzip.Write(Encoding.UTF8.GetBytes(text));
        return bytes.ToArray();
    }
}
