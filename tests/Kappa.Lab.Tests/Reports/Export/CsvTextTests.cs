using System.Globalization;
using CsvText = Kappa.Lab.Reports.Export.CsvText;

namespace Kappa.Lab.Tests.Reports.Export;

public sealed class CsvTextTests
{
    [Fact]
    public void Numbers_read_back_to_the_same_bits()
    {
        double[] numbers =
            [0.1, 1.0 / 3, Math.PI * 1e-200, 5e-324, double.MaxValue, -0.0, 123456789.123456789, double.NaN, double.PositiveInfinity, double.NegativeInfinity];
        var rows = numbers.Select(number => (FindingCell[])[FindingCell.Of(number), FindingCell.Of(new Interval(number, number / 2, number / 3))]);
        string[][] read = Read(CsvText.Of(new FindingTable(["a", "b"], [.. rows])));
        Assert.Equal(["a", "b", "b low", "b high"], read[0]);
        foreach (var (i, number) in numbers.Index())
        {
            double[] expected = [number, number, number / 2, number / 3];
            Assert.Equal(expected.Select(BitConverter.DoubleToInt64Bits), read[i + 1].Select(cell => BitConverter.DoubleToInt64Bits(Parse(cell))));
        }
        string[] notes = [.. numbers.Select((_, i) => $"{i}, \"x\"")];
        var line = new PlotLine("l", numbers, [.. numbers.AsEnumerable().Reverse()]) { Low = numbers, High = numbers, Hover = notes };
        string[][] points = Read(CsvText.Of(new LinePlot("t", "step", "", [line])));
        Assert.Equal(["line", "step", "t", "low", "high", "note"], points[0]);
        Assert.Equal(numbers.Select(BitConverter.DoubleToInt64Bits), points.Skip(1).Select(row => BitConverter.DoubleToInt64Bits(Parse(row[1]))));
        Assert.Equal(line.Y.Select(BitConverter.DoubleToInt64Bits), points.Skip(1).Select(row => BitConverter.DoubleToInt64Bits(Parse(row[2]))));
        Assert.Equal(line.Hover, points.Skip(1).Select(row => row[5]));
    }

    [Fact]
    public void What_is_shown_beside_a_number_has_a_column_of_its_own_and_what_has_none_is_empty()
    {
        FindingCell[][] rows = [["x", new FindingCell("3.2 ms") { Value = 0.0032 }, FindingCell.Of(12)], ["y", "–", FindingCell.Of(1234L)]];
        Assert.Equal(
            "column 1,time,time as shown,count\r\nx,0.0032,3.2 ms,12\r\ny,,–,1234\r\n", CsvText.Of(new FindingTable(["", "time", "count"], rows)));
    }

    [Theory]
    [InlineData("a,b")]
    [InlineData("say \"a\"")]
    [InlineData("two\r\nlines")]
    [InlineData(" ends ")]
    [InlineData("\"")]
    [InlineData("")]
    [InlineData("plain")]
    public void Text_reads_back(string text) => Assert.Equal([["h", text], ["1", text]], Read(CsvText.Of(new FindingTable(["h", text.Length == 0 ? "x" : text],
        (FindingCell[][])[["1", text]]))).Select(row => (string[])[row[0], row[1] == "x" ? "" : row[1]]));

    /// <summary>RFC 4180, by its grammar.</summary>
    private static string[][] Read(string text)
    {
        List<string[]> rows = [];
        List<string> row = [];
        for (int at = 0; at < text.Length;)
        {
            string field = "";
            if (text[at] == '"')
            {
                for (at++; text[at] != '"' || (at + 1 < text.Length && text[at + 1] == '"'); at++)
                {
                    field += text[at];
                    if (text[at] == '"')
                        at++;
                }
                at++;
            }
            else
            {
                for (; text[at] is not (',' or '\r'); at++)
                    field += text[at];
            }
            row.Add(field);
            if (text[at] == ',')
            {
                at++;
                continue;
            }
            Assert.Equal("\r\n", text[at..(at + 2)]);
            at += 2;
            rows.Add([.. row]);
            row.Clear();
        }
        Assert.All(rows, one => Assert.Equal(rows[0].Length, one.Length));
        return [.. rows];
    }

    private static double Parse(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
