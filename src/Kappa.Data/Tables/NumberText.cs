namespace Kappa.Data.Tables;

/// <summary>Numbers as they stand in files: digits, a point or comma, an exponent; nothing grouped, hexadecimal, infinite or NaN.</summary>
internal static class NumberText
{
    /// <summary>With so many digits a decimal is the quotient of two doubles without error, so that one division rounds it right (Clinger, 1990).</summary>
    private const int ExactDigits = 15;

    private static readonly double[] PowersOfTen = [.. Enumerable.Range(0, 23).Select(power => double.Parse($"1e{power}", CultureInfo.InvariantCulture))];

    /// <summary>The number that a text stands for, to the last bit.</summary>
    /// <param name="text">Without spaces around it.</param>
    /// <param name="point">What parts off the decimals.</param>
    /// <param name="value">The number; infinite where it is too large.</param>
    /// <param name="isWhole">Whether it has neither point nor exponent.</param>
    internal static bool TryParse(ReadOnlySpan<char> text, char point, out double value, out bool isWhole)
    {
        value = 0;
        isWhole = false;
        int i = 0;
        bool isNegative = false;
        if (!text.IsEmpty && text[0] is '-' or '+')
        {
            isNegative = text[0] == '-';
            i = 1;
        }
        ulong mantissa = 0;
        int digits = 0, decimals = -1, significant = 0;
        for (; i < text.Length; i++)
        {
            uint digit = (uint)(text[i] - '0');
            if (digit <= 9)
            {
                digits++;
                if (significant > 0 || digit > 0)
                    significant++;
                if (significant <= ExactDigits)
                    mantissa = (10 * mantissa) + digit;
                if (decimals >= 0)
                    decimals++;
            }
            else if (text[i] == point && decimals < 0)
            {
                decimals = 0;
            }
            else
            {
                break;
            }
        }
        if (digits == 0)
            return false;
        if (i == text.Length && significant <= ExactDigits && decimals < PowersOfTen.Length)
        {
            isWhole = decimals < 0;
            double number = decimals > 0 ? mantissa / PowersOfTen[decimals] : mantissa;
            value = isNegative ? -number : number;
            return true;
        }
        isWhole = decimals < 0 && i == text.Length;
        return (i == text.Length || IsExponent(text[i..])) && TryParseSlowly(text, point, out value);
    }

    /// <summary>Whether a text is a NaN or an infinity, as programs write them.</summary>
    internal static bool IsNotFinite(ReadOnlySpan<char> text)
    {
        var word = !text.IsEmpty && text[0] is '-' or '+' ? text[1..] : text;
        return Is(word, "nan") || Is(word, "inf") || Is(word, "infinity") || Is(word, "∞") || Is(word, "1.#inf") || Is(word, "1.#qnan");

        static bool Is(ReadOnlySpan<char> word, string name) => word.Equals(name, StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsExponent(ReadOnlySpan<char> text)
    {
        if (text[0] is not ('e' or 'E'))
            return false;
        var digits = text.Length > 1 && text[1] is '-' or '+' ? text[2..] : text[1..];
        return !digits.IsEmpty && !digits.ContainsAnyExceptInRange('0', '9');
    }

    private static bool TryParseSlowly(ReadOnlySpan<char> text, char point, out double value)
    {
        if (point == '.')
            return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
        char[] copy = text.ToArray();
        copy.AsSpan().Replace(point, '.');
        return double.TryParse(copy, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }
}
