using System.Buffers;

namespace Kappa.Lab.Reports;

/// <summary>Text from files and users as it may be shown: what would steer a terminal or turn the order of a line is spelt out.</summary>
public static class VisibleText
{
    /// <summary>C0 but tabs and line feeds, DEL, C1, separators of lines, and the marks that turn the direction of writing.</summary>
    private static readonly SearchValues<char> Hidden = SearchValues.Create(
    [
        .. Enumerable.Range(0, 0x20).Where(code => code is not ('\t' or '\n')).Concat(Enumerable.Range(0x7f, 0x21)).Select(code => (char)code),
        '\u061c', '\u200e', '\u200f', '\u2028', '\u2029', '\u202a', '\u202b', '\u202c', '\u202d', '\u202e', '\u2066', '\u2067', '\u2068', '\u2069', '\ufeff',
    ]);

    /// <summary>The text with each such character as <c>\u001b</c>.</summary>
    /// <param name="text">The text; a carriage return before a line feed stays.</param>
    public static string Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!text.AsSpan().ContainsAny(Hidden))
            return text;
        var visible = new StringBuilder(text.Length + 16);
        for (int i = 0; i < text.Length; i++)
        {
            if (!Hidden.Contains(text[i]) || (text[i] == '\r' && i + 1 < text.Length && text[i + 1] == '\n'))
                _ = visible.Append(text[i]);
            else
                _ = visible.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[i]:x4}");
        }

        return visible.ToString();
    }
}
