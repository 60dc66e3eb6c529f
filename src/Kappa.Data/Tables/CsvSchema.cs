namespace Kappa.Data.Tables;

/// <summary>What is known of a file of separated values before its rows are read.</summary>
/// <param name="Path">The file, for errors.</param>
/// <param name="Separator">What parts fields.</param>
/// <param name="HasHeader">Whether the first record is names.</param>
/// <param name="Point">What parts off decimals.</param>
/// <param name="Names">Names of the columns.</param>
/// <param name="Kinds">What they are; null where all that was seen is missing.</param>
/// <param name="DateFormat">How dates are written; null for ISO 8601.</param>
internal sealed record CsvSchema(string Path, char Separator, bool HasHeader, char Point, string[] Names, ColumnKind?[] Kinds, string? DateFormat)
{
    private HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _missing;

    /// <summary>What stands for no value.</summary>
    internal required IReadOnlyCollection<string> MissingValues
    {
        get;
        init
        {
            field = value;
            string[] words = [.. value.Select(word => word.Trim())];
            _missing = new HashSet<string>(words, StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();
            // A word such as -999 must be asked for before it is taken for a number.
            HasNumbersForMissing = Array.Exists(words, word => NumberText.TryParse(word, '.', out _, out _) || NumberText.TryParse(word, ',', out _, out _));
        }
    }

    /// <summary>Whether a number stands for no value.</summary>
    internal bool HasNumbersForMissing { get; private init; }

    /// <summary>Columns whose fields are passed over; null where there is none.</summary>
    internal bool[]? Passed { get; init; }

    /// <summary>Whether a field has no value.</summary>
    internal bool IsMissing(ReadOnlySpan<char> field) => _missing.Contains(field);

    internal string At(long line) => $"{Path}, line {line}";

    internal string At(long line, int column) => $"{Path}, line {line}, column \"{Names[column]}\"";
}
