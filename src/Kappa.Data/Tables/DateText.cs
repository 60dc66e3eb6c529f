namespace Kappa.Data.Tables;

/// <summary>Dates as they stand in files.</summary>
internal static class DateText
{
    private static readonly string[] Iso =
    [
        "yyyy-MM-dd", "yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm:ss.FFFFFFF", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mm:sszzz",
        "yyyy-MM-dd HH:mm:ss.FFFFFFFzzz",
    ];

    /// <summary>Days since 1970-01-01 of a text.</summary>
    /// <param name="text">Without spaces around it.</param>
    /// <param name="format">How it is written; null for ISO 8601.</param>
    /// <param name="days">The days.</param>
    internal static bool TryParse(ReadOnlySpan<char> text, string? format, out double days)
    {
        days = 0;
        // Every date begins with a digit or, in formats of others, a letter; most texts that are none are found by this.
        if (format is null && (text.Length < 10 || text[4] != '-'))
            return false;
        const DateTimeStyles Universal = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        bool isDate = format is null ? DateTime.TryParseExact(text, Iso, CultureInfo.InvariantCulture, Universal, out var date)
            : DateTime.TryParseExact(text, format, CultureInfo.InvariantCulture, Universal, out date);
        if (isDate)
            days = DateColumn.DaysOf(date);
        return isDate;
    }
}
