namespace Kappa.Data.Tables;

/// <summary>What a column is, by the texts that stand in it.</summary>
internal static class CsvKinds
{
    /// <summary>The kind of some values that are there.</summary>
    /// <param name="texts">One or more.</param>
    /// <param name="point">What parts off decimals.</param>
    /// <param name="dateFormat">How dates are written; null for ISO 8601.</param>
    /// <param name="unlike">The first that is not what most are, which is an error; -1 where there is none.</param>
    /// <param name="expected">What most are.</param>
    internal static ColumnKind Of(IReadOnlyList<string> texts, char point, string? dateFormat, out int unlike, out string expected)
    {
        (unlike, expected) = (-1, "");
        // Numbers with zeros in front are codes, such as those of towns.
        if (texts.Any(text => text.Length > 1 && text[0] == '0' && text.All(char.IsAsciiDigit)))
            return ColumnKind.Category;
        foreach (var (kind, what, isOne) in new (ColumnKind, string, Func<string, bool>)[]
        {
            (ColumnKind.Number, "a number", text => IsNumber(text, point)),
            (ColumnKind.Date, "a date", text => DateText.TryParse(text, dateFormat, out _)),
        })
        {
            int count = texts.Count(isOne);
            if (2 * count < texts.Count)
                continue;
            (unlike, expected) = (count == texts.Count ? -1 : texts.TakeWhile(isOne).Count(), what);
            return kind;
        }
        return ColumnKind.Category;
    }

    /// <summary>Whether a text is a number, or one that is not finite.</summary>
    internal static bool IsNumber(string text, char point) => NumberText.TryParse(text, point, out _, out _) || NumberText.IsNotFinite(text);
}
