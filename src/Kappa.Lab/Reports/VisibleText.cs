using System.Text.RegularExpressions;

namespace Kappa.Lab.Reports;

/// <summary>Text from files and users as it may be shown: what would steer a terminal or turn the order of a line is spelt out.</summary>
public static partial class VisibleText
{
    /// <summary>The text with each such character as <c>\u001b</c>.</summary>
    /// <param name="text">The text; a carriage return before a line feed stays.</param>
    public static string Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Hidden().Replace(text, match => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)match.ValueSpan[0]:x4}"));
    }

    /// <summary>C0 but tabs and ends of lines, DEL, C1, separators of lines, and the marks that turn the direction of writing.</summary>
    [GeneratedRegex(@"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|\r(?!\n)")]
    private static partial Regex Hidden();
}
