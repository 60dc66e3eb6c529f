using FsCheck;
using FsCheck.Fluent;

namespace Kappa.Data.Tests.Tables;

public sealed class CsvTests
{
    [Fact]
    public void A_file_of_all_kinds_is_read_with_its_kinds_found()
    {
        var table = Read("\uFEFFname,age,when,score\nann,31,2024-05-31,1.5\n\"b \"\"bob\"\", jr\",NA,2024-06-01T12:00:00Z,-2e3\n\n ann ,7,,.25\n");
        Assert.Equal(["name", "age", "when", "score"], table.Columns.Select(column => column.Name));
        Assert.Equal([ColumnKind.Category, ColumnKind.Number, ColumnKind.Date, ColumnKind.Number], table.Columns.Select(column => column.Kind));
        Assert.Equal(3, table.RowCount);
        var name = (CategoryColumn)table["name"];
        Assert.Equal([0, 1, 0], name.Codes.ToArray());
        Assert.Equal(["ann", "b \"bob\", jr"], name.Names);
        var age = (NumberColumn)table["age"];
        Assert.Equal([31, double.NaN, 7], age.Values.ToArray());
        Assert.True(age.IsWhole);
        Assert.Equal(1, age.MissingCount);
        Assert.Equal([1.5, -2000, 0.25], ((NumberColumn)table["score"]).Values.ToArray());
        Assert.False(((NumberColumn)table["score"]).IsWhole);
        Assert.Equal([new DateTime(2024, 5, 31), new DateTime(2024, 6, 1, 12, 0, 0), null], Enumerable.Range(0, 3).Select(((DateColumn)table["when"]).DateOf));
    }

    [Theory]
    [InlineData("a;b\n1,5;2\n0,25;3\n", 1.5)]
    [InlineData("a\tb\n1.5\t2\n", 1.5)]
    [InlineData("a|b\n1.5|2\n", 1.5)]
    [InlineData("a,b\n\"1,5\",2\n", 1.5)]
    [InlineData("a\n1.5\n", 1.5)]
    [InlineData("1.5,2\n3,4\n", 1.5)]
    [InlineData("a,b\r\n1.5,2\r\n", 1.5)]
    [InlineData("a,b\n1.5,2", 1.5)]
    public void Separator_header_decimals_and_line_ends_are_found(string text, double first) =>
        Assert.Equal(first, ((NumberColumn)Read(text).Columns[0]).Values[0]);

    public static TheoryData<string, string> Hostile => new()
    {
        { "", "expected lines of separated values, got an empty file, a pipe or a device" },
        { " \n\n", "an empty file" },
        { "a,b\n", "expected records below the names of the columns, got none" },
        { "a,b\n1,2\n1,2,3\n", "line 3: expected 2 fields parted by commas, as in the first line, got 3. A field with commas in it needs quotes" },
        { "a,b\n1,2\n1\n", "line 3: expected 2 fields parted by commas, as in the first line, got 1. The line may be cut off" },
        { "a,b\n1,2\n\"x,2\n3,4\n", "line 3: expected a closing quote, got none before the end of the file" },
        { "a,b\n1,2\n5\" pipe,\"2\n", "line 3, field 1: expected quotes around the whole field, and those in it doubled, got '5\" pipe'" },
        { "a,b\n1,\"x\"y\n", "line 2, field 2: expected quotes around the whole field, and those in it doubled, got '\"x\"y'" },
        { "a,a\n1,2\n", "line 1: expected a different name for each column, got \"a\" for columns 1 and 2" },
        { "a,b\n1,inf\n", "line 2, column \"b\": expected a finite number, got 'inf'" },
        { "a,b\n1,-Infinity\n", "line 2, column \"b\": expected a finite number, got '-Infinity'" },
        { "a,b\n1,1e999\n", "line 2, column \"b\": expected a number up to 1.8e308, got '1e999'" },
        { "a,b\n1,2\n3,4\n5,six\n", "line 4, column \"b\": expected a number, as most of the column is, got 'six'. If it stands for no value, add it" },
        { "id,b\n9007199254740993,2\n", "line 2, column \"id\": expected a number, got 9007199254740993, which is not below 2^53" },
        { "a;b\n1,234;2\n", "line 2, column \"a\": expected numbers that are surely decimals or surely thousands, got '1,234'. Set CsvOptions.DecimalComma" },
        { "a;b\n1,5;2.5\n", "line 2, column \"a\": expected a decimal point, as 2.5 has, got '1,5'" },
        { "a;b\n1.234,5;2\n", "line 2, column \"a\": expected numbers without separators of thousands, got '1.234,5'" },
        { "a,b;c\n1,2;3\n", "expected one separator that parts every line alike, got commas and semicolons that could be it. Set CsvOptions.Separator" },
        { "x,y\nu,v\n", "line 1: expected names of columns or a record, got texts that could be either" },
        { "country,2019,2020\nfr,1,2\n", "line 1: expected names of columns or a record, got texts beside numbers that could be years" },
        { "d,b\n2024-01-01,1\n2024-13-01,2\n", "line 3, column \"d\": expected a date, as most of the column is, got '2024-13-01'" },
        { "a,b\n1,\0\n", "expected text, got a NUL byte" },
        { "a,b\r1,2\r", "expected lines that end in LF or CR LF, got CR alone" },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public void What_cannot_be_read_is_said_with_file_line_and_column(string text, string message)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["a.csv"], text);
        var error = Assert.Throws<DataFileException>(() => Table.ReadCsv(folder["a.csv"]));
        Assert.StartsWith(folder["a.csv"], error.Message);
        Assert.Contains(message, error.Message);
    }

    [Theory]
    [InlineData("", "line 1: expected a record of at most 16 MiB, got a longer line")]
    [InlineData("\"", "line 2: expected a closing quote, got none before 16 MiB of text")]
    public void A_record_without_end_does_not_take_all_memory(string quote, string message) => Assert.Contains(
        message, Assert.Throws<DataFileException>(() => Read($"a,b\n1,{quote}{new string('x', 20_000_000)}\n")).Message);

    [Theory]
    [InlineData(1, 150)]
    [InlineData(2, 150)]
    [InlineData(5, 150)]
    [InlineData(1, 298)]
    [InlineData(2, 298)]
    [InlineData(5, 290)]
    public void The_first_error_of_the_file_is_the_one_that_is_said(int threads, int line)
    {
        var text = new StringBuilder("a,b\n");
        for (int i = 2; i < 300; i++)
            text.Append(CultureInfo.InvariantCulture, $"{i},{(i == line || (i > line && i % 7 == 0) ? "x" : "1")}\n");
        text.Append("\"open").Append('x', 10).Append('\n');
        var error = Assert.Throws<DataFileException>(() => Read(text.ToString(), new CsvOptions { Threads = threads, BlockBytes = 64, SampleBytes = 64 }));
        Assert.Contains($"line {line}, column \"b\": expected a number", error.Message);
    }

    [Fact]
    public void Bytes_that_are_not_UTF8_are_named_with_their_offset_and_read_as_Latin1_where_that_is_asked_for()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["a.csv"], [.. "a,b\n1,x\n2,caf"u8, 0xe9, .. "\n"u8]);
        Assert.Contains("line 3: expected UTF-8 text, got the byte 0xe9 at offset 13. Set CsvOptions.Encoding = Encoding.Latin1",
            Assert.Throws<DataFileException>(() => Table.ReadCsv(folder["a.csv"])).Message);
        Assert.Equal("café", Table.ReadCsv(folder["a.csv"], new CsvOptions { Encoding = Encoding.Latin1 })["b"].TextOf(1));
    }

    [Fact]
    public void UTF16_is_known_by_its_mark()
    {
        using var folder = new TemporaryFolder();
        foreach (var encoding in new[] { Encoding.Unicode, Encoding.BigEndianUnicode, Encoding.UTF8 })
        {
            File.WriteAllText(folder["a.csv"], "ä,b\n1,€\n", encoding);
            var table = Table.ReadCsv(folder["a.csv"]);
            Assert.Equal(("ä", "€"), (table.Columns[0].Name, table["b"].TextOf(0)));
        }
    }

    [Fact]
    public void Options_force_what_they_name()
    {
        var table = Read("1;2;31.12.2024\n-999;x;01.02.2024\n", new CsvOptions
        {
            Separator = ';',
            HasHeader = false,
            MissingValues = ["-999"],
            DateFormat = "dd.MM.yyyy",
            Types = new Dictionary<string, ColumnKind> { ["column2"] = ColumnKind.Text },
        });
        Assert.Equal([1, double.NaN], ((NumberColumn)table["column1"]).Values.ToArray());
        Assert.Equal(("2", "x"), (((TextColumn)table["column2"]).Values[0], table["column2"].TextOf(1)));
        Assert.Equal(new DateTime(2024, 2, 1), ((DateColumn)table["column3"]).DateOf(1));
        Assert.Contains("expected a column \"c\", got the columns a, b", Assert.Throws<DataFileException>(
            () => Read("a,b\n1,2\n", new CsvOptions { Types = new Dictionary<string, ColumnKind> { ["c"] = ColumnKind.Text } })).Message);
    }

    [Fact]
    public void Codes_with_zeros_in_front_are_categories() =>
        Assert.Equal(["01067", "80331"], ((CategoryColumn)Read("zip,n\n01067,1\n80331,2\n")["zip"]).Names);

    [Fact]
    public void A_column_missing_at_first_is_what_comes_later()
    {
        string text = "a,b,c,d\n" + string.Concat(Enumerable.Repeat(",,,1\n", 40)) + "7,2024-01-01,x,1\n";
        var table = Read(text, new CsvOptions { BlockBytes = 64 });
        Assert.Equal([ColumnKind.Number, ColumnKind.Date, ColumnKind.Category, ColumnKind.Number], table.Columns.Select(column => column.Kind));
        Assert.Equal(("7", "2024-01-01T00:00:00", "x"), (table["a"].TextOf(40), table["b"].TextOf(40), table["c"].TextOf(40)));
        Assert.Equal(40, table["a"].MissingCount);
    }

    [Fact]
    public void Blocks_and_threads_change_nothing()
    {
        var text = new StringBuilder("n,t\n");
        var random = new Philox(1);
        for (int i = 0; i < 500; i++)
            text.Append(CultureInfo.InvariantCulture, $"{random.NextNormal():R},\"k{random.NextInt32(40)}\nü, \"\"q\"\"\"\n");
        var expected = Read(text.ToString());
        Assert.Equal(500, expected.RowCount);
        foreach (int threads in new[] { 1, 2, 7 })
        {
            foreach (int bytes in new[] { 16, 100, 4096 })
                AssertSame(expected, Read(text.ToString(), new CsvOptions { Threads = threads, BlockBytes = bytes }));
        }
    }

    [Fact]
    public void Numbers_are_those_of_the_runtime_to_the_last_bit()
    {
        var random = new Philox(2);
        for (int i = 0; i < 20_000; i++)
        {
            double value = BitConverter.UInt64BitsToDouble(random.NextUInt64());
            if (i % 2 == 0)
                value = Math.Round(random.NextNormal() * 1e6, random.NextInt32(9));
            string text = i % 3 == 0 ? value.ToString("E6", CultureInfo.InvariantCulture) : value.ToString("R", CultureInfo.InvariantCulture);
            if (!double.IsFinite(value))
                continue;
            Assert.True(NumberText.TryParse(text, '.', out double got, out _), text);
            Assert.Equal(BitConverter.DoubleToInt64Bits(double.Parse(text, CultureInfo.InvariantCulture)), BitConverter.DoubleToInt64Bits(got));
            Assert.True(NumberText.TryParse(text.Replace('.', ','), ',', out double comma, out _));
            Assert.Equal(got, comma);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData(".")]
    [InlineData("1e")]
    [InlineData("1e+")]
    [InlineData("0x10")]
    [InlineData("1_000")]
    [InlineData("1 000")]
    [InlineData("--1")]
    [InlineData("1.2.3")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("٣")]
    public void What_is_no_number_is_none(string text) => Assert.False(NumberText.TryParse(text, '.', out _, out _));

    [Fact]
    public void Any_texts_come_back_the_same()
    {
        var texts = ArbMap.Default.ArbFor<string[]>();
        Prop.ForAll(texts, values =>
        {
            string[] kept = [.. (values ?? []).Select(value => (value ?? "").Replace("\0", "").Trim()).Where(value => value.Length > 0 && IsText(value)), "x"];
            string csv = "n,t\n" + string.Concat(kept.Select(value => $"1,\"{value.Replace("\"", "\"\"")}\"\n"));
            var table = Read(csv, new CsvOptions
            {
                MissingValues = [],
                Separator = ',',
                HasHeader = true,
                Types = new Dictionary<string, ColumnKind> { ["t"] = ColumnKind.Text },
                BlockBytes = 32,
            });
            Assert.Equal(kept, Enumerable.Range(0, table.RowCount).Select(table["t"].TextOf));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200).WithReplay(20_261_128, 1));

        static bool IsText(string value) => value.EnumerateRunes().All(rune => rune != Rune.ReplacementChar);
    }

    [Fact]
    public void A_file_that_changes_while_it_is_read_is_refused()
    {
        using var folder = new TemporaryFolder();
        string path = folder["a.csv"];
        File.WriteAllText(path, "a,b\n" + string.Concat(Enumerable.Repeat("1,2\n", 200)));
        bool isChanged = false;
        var error = Assert.Throws<DataFileException>(() => Table.ReadCsv(path, new CsvOptions { BlockBytes = 64 }, new Immediately(() =>
        {
            if (!isChanged)
                File.AppendAllText(path, "3,4\n");
            isChanged = true;
        })));
        Assert.Contains("expected a file that stays as it is while it is read (804 bytes", error.Message);
    }

    [Fact]
    public void Reading_stops_where_it_is_asked_to()
    {
        using var stop = new CancellationTokenSource();
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["a.csv"], "a,b\n" + string.Concat(Enumerable.Repeat("1,2\n", 200)));
        Assert.ThrowsAny<OperationCanceledException>(
            () => Table.ReadCsv(folder["a.csv"], new CsvOptions { BlockBytes = 64 }, new Immediately(stop.Cancel), stop.Token));
    }

    internal static void AssertSame(Table expected, Table got)
    {
        Assert.Equal(expected.Columns.Select(column => (column.Name, column.Kind)), got.Columns.Select(column => (column.Name, column.Kind)));
        foreach (var column in expected.Columns)
            Assert.Equal(Enumerable.Range(0, expected.RowCount).Select(column.TextOf), Enumerable.Range(0, got.RowCount).Select(got[column.Name].TextOf));
    }

    internal static Table Read(string text, CsvOptions? options = null)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["a.csv"], text);
        return Table.ReadCsv(folder["a.csv"], options);
    }

    private sealed class Immediately(Action action) : IProgress<double>
    {
        public void Report(double value) => action();
    }
}
