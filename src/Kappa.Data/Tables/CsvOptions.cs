namespace Kappa.Data.Tables;

/// <summary>How a file of separated values is read. What is null is found out from the beginning of the file, and asked for where it cannot be told.</summary>
public sealed record CsvOptions
{
    /// <summary>What parts the fields; null: what a first line <c>sep=;</c> says, as spreadsheets write it, or else whichever of comma, semicolon, tab and bar
    /// gives every line the same number of fields.</summary>
    public char? Separator { get; init; }

    /// <summary>Whether the first line has the names of the columns; null: where it has no number and a column below has numbers or dates. Without names they
    /// are column1, column2 and so on.</summary>
    public bool? HasHeader { get; init; }

    /// <summary>Whether decimals stand behind a comma; null: where numbers such as 1,5 are there, none such as 1.5 is, and not all of them could be
    /// thousands.</summary>
    public bool? DecimalComma { get; init; }

    /// <summary>How bytes become characters; null: UTF-8, or UTF-16 where a byte order mark says so. <see cref="Encoding.Latin1"/> is never guessed.</summary>
    public Encoding? Encoding { get; init; }

    /// <summary>What stands for no value, in any case of letters.</summary>
    public IReadOnlyCollection<string> MissingValues { get; init; } = ["", "NA", "N/A", "NaN", "null", "?"];

    /// <summary>What columns are, by name. Others are numbers or dates where all their first values are, and else categories, or texts where more than
    /// half of a thousand or more values differ.</summary>
    public IReadOnlyDictionary<string, ColumnKind> Types { get; init; } = new Dictionary<string, ColumnKind>();

    /// <summary>The columns that are read, as far as the file has them; null for all. The others may hold anything.</summary>
    public IReadOnlyCollection<string>? Columns { get; init; }

    /// <summary>How dates are written, as <see cref="DateTime.ParseExact(string, string, IFormatProvider)"/> takes it, such as <c>dd.MM.yyyy</c>; null:
    /// ISO 8601, such as 2024-05-31 or 2024-05-31T12:00:00Z. Without an offset a time is taken for UTC.</summary>
    public string? DateFormat { get; init; }

    /// <summary>Threads that parse; one for each processor where null. It does not change what is read.</summary>
    public int? Threads { get; init; }

    /// <summary>The beginning of a file that tells what it is.</summary>
    internal int SampleBytes { get; init; } = 1 << 20;

    internal int BlockBytes { get; init; } = 1 << 20;

    internal void Validate()
    {
        if (Separator is { } separator && !MaySeparate(separator))
        {
            throw new ArgumentException($"CsvOptions.Separator takes one such as ',' ';' '|' or tab; got '{separator}' (U+{(int)separator:X4})");
        }
        if (Threads is < 1)
            throw new ArgumentException($"CsvOptions.Threads takes 1 or more; got {Threads}");
        ArgumentNullException.ThrowIfNull(MissingValues);
        ArgumentNullException.ThrowIfNull(Types);
    }

    internal static bool MaySeparate(char separator) =>
        separator is >= '\t' and <= '~' and not ('"' or '\r' or '\n' or '.' or '-' or '+') && !char.IsAsciiLetterOrDigit(separator);
}
