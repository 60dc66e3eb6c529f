namespace Kappa.Data.Tables;

/// <summary>Finds out what a file of separated values is, from its first block: its separator, header, decimals and the kinds of its columns.</summary>
internal sealed class CsvSniffer(string path, CsvOptions options)
{
    private const int MostRecords = 10_000;

    /// <summary>A column takes some kilobytes in every block that is read at once.</summary>
    private const int MostColumns = 500_000;


    private static readonly char[] Separators = [',', ';', '\t', '|'];

    /// <summary>What the file is.</summary>
    /// <param name="blocks">Its blocks, of which the first is taken.</param>
    /// <exception cref="DataFileException">There is no record, or something cannot be told; the message says what to set.</exception>
    internal CsvSchema Schema(CsvBlocks blocks)
    {
        var first = blocks.Next() ?? throw Empty();
        try
        {
            char separator = options.Separator ?? blocks.NamedSeparator ?? Separator(first);
            var records = Records(separator, first);
            // The missing words are those of the options whatever else the schema says.
            var words = new CsvSchema(path, separator, false, '.', [], [], null) { MissingValues = options.MissingValues };
            return Schema(separator, records, words);
        }
        finally
        {
            first.Return();
        }
    }

    internal static string NameOf(char separator) => separator switch
    {
        ',' => "commas",
        ';' => "semicolons",
        '\t' => "tabs",
        '|' => "bars",
        _ => $"'{separator}'",
    };

    private DataFileException Empty() => new(path, "lines of separated values", "an empty file");

    private char Separator(CsvBlock block)
    {
        var counts = Array.ConvertAll(Separators, separator => FieldCounts(separator, block));
        if (counts[0].Count == 0)
            throw Empty();
        var even = Separators.Where((_, i) => counts[i][0] > 1 && counts[i].TrueForAll(fields => fields == counts[i][0])).ToArray();
        if (even.Length == 1)
            return even[0];
        var inFirst = Separators.Where((_, i) => counts[i][0] > 1).ToArray();
        // Of uneven lines it is the one that the first line has; the line that has another number is named when it is read.
        if (even.Length == 0 && inFirst.Length == 1)
            return inFirst[0];
        if (counts.All(of => of.TrueForAll(fields => fields == 1)))
            return ',';
        char[] found = even.Length > 0 ? even : inFirst.Length > 0 ? inFirst : [.. Separators.Where((_, i) => counts[i].Exists(fields => fields > 1))];
        throw new DataFileException(
            $"{path}, line 1", "one separator that parts every line alike", $"{string.Join(" and ", found.Select(NameOf))} that could be it",
            "Set CsvOptions.Separator; for a single column of texts, to one that does not occur.");
    }

    private CsvSchema Schema(char separator, List<(long Line, string[] Fields)> records, CsvSchema words)
    {
        int width = records[0].Fields.Length;
        if (width > MostColumns)
            throw new DataFileException($"{path}, line {records[0].Line}", $"at most {MostColumns} columns", $"{width}", "Is it a file of separated values?");
        // Uneven lines are named when they are read.
        records.RemoveAll(record => record.Fields.Length != width);
        var below = Enumerable.Range(0, width).Select(column => records.Skip(1).Select(record => (record.Line, Text: record.Fields[column]))
            .Where(field => !words.IsMissing(field.Text)).ToArray()).ToArray();
        bool hasHeader = options.HasHeader ?? HasHeader(records[0].Fields, below, words);
        if (hasHeader && records.Count == 1)
        {
            throw new DataFileException(
                path, "records below the names of the columns", "none", "If the first line is a record, set CsvOptions.HasHeader = false.");
        }
        string[] names = hasHeader ? Names(records[0].Fields) : [.. Enumerable.Range(1, width).Select(i => $"column{i}")];
        foreach (string name in options.Types.Keys)
        {
            if (!names.Contains(name))
            {
                throw new DataFileException(path, $"a column \"{name}\"", $"the columns {Listed(names)}") { MissingColumn = name };
            }
        }
        var values = hasHeader ? below : [.. below.Select((column, i) =>
            words.IsMissing(records[0].Fields[i]) ? column : [(records[0].Line, records[0].Fields[i]), .. column])];
        bool[]? passed = options.Columns is { } read ? [.. names.Select(name => !read.Contains(name))] : null;
        if (passed?.All(isPassed => isPassed) == true)
            throw new DataFileException(path, $"one of the columns {Listed([.. options.Columns!])}", $"the columns {Listed(names)}");
        if (passed is not null)
            values = [.. values.Select((column, i) => passed[i] ? [] : column)];
        // What is forced to be something else than numbers says nothing of decimals; what is not forced may.
        var asked = values.Select((column, i) => options.Types.GetValueOrDefault(names[i]) == ColumnKind.Number ? column : []).ToArray();
        char point = Point(asked, names);
        var kinds = values.Select((column, i) => options.Types.TryGetValue(names[i], out var forced) ? forced : Kind(column, names[i], point)).ToArray();
        return new CsvSchema(path, separator, hasHeader, point, names, kinds, options.DateFormat) { MissingValues = options.MissingValues, Passed = passed };
    }

    private static string Listed(string[] names) => string.Join(", ", names.Take(30)) + (names.Length > 30 ? ", ..." : "");

    private bool HasHeader(string[] first, (long Line, string Text)[][] below, CsvSchema words)
    {
        if (first.Any(IsNumber) && first.Any(field => !words.IsMissing(field) && !IsNumber(field) && !IsDate(field)) && first.Where(IsNumber).All(IsYear))
        {
            throw new DataFileException(
                $"{path}, line 1", "names of columns or a record", "texts beside numbers that could be years, and so either", "Set CsvOptions.HasHeader.");
        }
        if (first.Any(field => IsNumber(field) || IsDate(field)) || first.All(field => words.IsMissing(field)))
            return false;
        for (int column = 0; column < first.Length; column++)
        {
            // Where most are, the others are named when the kind of the column is found.
            if (below[column].Length > 0 && !words.IsMissing(first[column]) && (IsMost(below[column], IsNumber) || IsMost(below[column], IsDate)))
                return true;
        }
        return below.All(column => column.Length == 0) ? true : throw new DataFileException(
            $"{path}, line 1", "names of columns or a record", "texts that could be either, as no column has numbers or dates",
            "Set CsvOptions.HasHeader.");
    }

    private static bool IsMost((long Line, string Text)[] values, Func<string, bool> isOne) => 2 * values.Count(field => isOne(field.Text)) >= values.Length;

    private string[] Names(string[] header)
    {
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < header.Length; i++)
        {
            string name = header[i].Length == 0 ? $"column{i + 1}" : header[i];
            if (!places.TryAdd(name, i))
            {
                throw new DataFileException(
                    $"{path}, line 1", "a different name for each column", $"\"{name}\" for columns {places[name] + 1} and {i + 1}",
                    "Rename one, or set CsvOptions.HasHeader = false if the line is a record.");
            }
        }
        return [.. places.Keys];
    }

    /// <summary>What parts off decimals, from the columns whose values are all numbers with a comma, or all with a point.</summary>
    private char Point((long Line, string Text)[][] columns, string[] names)
    {
        (long Line, string Text, int Column)? comma = null, point = null;
        bool isSurelyDecimal = false;
        for (int i = 0; i < columns.Length; i++)
        {
            bool isNumbers = Array.TrueForAll(columns[i], field => IsNumber(field.Text));
            if (!isNumbers && columns[i].FirstOrDefault(field => IsGrouped(field.Text)) is { Text: not null } grouped
                && Array.TrueForAll(columns[i], field => IsNumber(field.Text) || IsGrouped(field.Text)))
            {
                throw new DataFileException(
                    $"{path}, line {grouped.Line}, column \"{names[i]}\"", "numbers without separators of thousands", CsvText.Shown(grouped.Text),
                    "Write them without, or set the column's kind in CsvOptions.Types.");
            }
            foreach (var (line, text) in isNumbers ? columns[i] : [])
            {
                if (text.Contains('.'))
                    point ??= (line, text, i);
                int place = text.IndexOf(',');
                if (place < 0)
                    continue;
                if (comma is null)
                    comma = (line, text, i);
                var whole = text.AsSpan(0, place).TrimStart("+-");
                isSurelyDecimal |= text.Length - place - 1 != 3 || whole.Length is 0 or > 3 || whole[0] == '0';
            }
        }
        return options.DecimalComma switch
        {
            true => point is { } wrong ? throw Mixed(wrong, "a decimal comma, as CsvOptions.DecimalComma says") : ',',
            false => comma is { } wrong ? throw Mixed(wrong, "a decimal point, as CsvOptions.DecimalComma says") : '.',
            null when comma is not { } found => '.',
            null when point is not null => throw Mixed(comma.Value, $"a decimal point, as {point.Value.Text} has"),
            null when !isSurelyDecimal => throw Mixed(comma.Value, "numbers that are surely decimals or surely thousands"),
            null => ',',
        };

        DataFileException Mixed((long Line, string Text, int Column) wrong, string expected) => new(
            $"{path}, line {wrong.Line}, column \"{names[wrong.Column]}\"", expected, CsvText.Shown(wrong.Text),
            "Set CsvOptions.DecimalComma to true or false, or the column's kind in CsvOptions.Types.");
    }

    private ColumnKind? Kind((long Line, string Text)[] values, string name, char point)
    {
        if (values.Length == 0)
            return null;
        var kind = CsvKinds.Of([.. values.Select(field => field.Text)], point, options.DateFormat, out int unlike, out string expected);
        return unlike < 0 ? kind : throw Unlike(values[unlike], name, expected);
    }

    private DataFileException Unlike((long Line, string Text) other, string name, string expected) => new(
        $"{path}, line {other.Line}, column \"{name}\"", $"{expected}, as most of the column is", CsvText.Shown(other.Text),
        "If it stands for no value, add it to CsvOptions.MissingValues; if the column has texts, set its kind in CsvOptions.Types.");

    private static bool IsNumber(string text) => CsvKinds.IsNumber(text, '.') || CsvKinds.IsNumber(text, ',');

    private static bool IsYear(string text) => NumberText.TryParse(text, '.', out double number, out bool isWhole) && isWhole && number is >= 1900 and <= 2100;

    private bool IsDate(string text) => DateText.TryParse(text, options.DateFormat, out _);

    /// <summary>Digits in threes, such as 1,234,567.8 or 1.234,5, which are no number to us.</summary>
    private static bool IsGrouped(string text)
    {
        foreach (var (group, point) in new[] { (',', '.'), ('.', ',') })
        {
            string[] parts = text.TrimStart('-', '+').Split(point);
            string[] groups = parts[0].Split(group);
            if (groups.Length > 1 && parts.Length <= 2 && groups[0].Length is 1 or 2 or 3 && groups.Skip(1).All(digits => digits.Length == 3)
                && groups.Concat(parts.Skip(1)).All(digits => digits.Length > 0 && digits.All(char.IsAsciiDigit)))
            {
                return true;
            }
        }
        return false;
    }

    private List<int> FieldCounts(char separator, CsvBlock block)
    {
        List<int> counts = [];
        using var reader = CsvText.Records(path, separator, block);
        while (counts.Count < 100 && reader.Read())
        {
            if (!CsvText.IsEmptyLine(reader))
                counts.Add(reader.FieldCount);
        }
        return counts;
    }

    private List<(long Line, string[] Fields)> Records(char separator, CsvBlock block)
    {
        List<(long, string[])> records = [];
        using var reader = CsvText.Records(path, separator, block);
        while (records.Count < MostRecords && reader.Read())
        {
            if (CsvText.IsEmptyLine(reader))
                continue;
            string[] fields = new string[reader.FieldCount];
            for (int i = 0; i < fields.Length; i++)
            {
                string raw = Encoding.UTF8.GetString(reader.GetRawSpan(i));
                if (!CsvText.TryUnquote(raw, out var field))
                    throw CsvText.WrongQuotes($"{path}, line {CsvText.LineOf(reader, block)}, field {i + 1}", raw);
                fields[i] = field.ToString();
            }
            records.Add((CsvText.LineOf(reader, block), fields));
        }
        return records.Count > 0 ? records : throw Empty();
    }
}
