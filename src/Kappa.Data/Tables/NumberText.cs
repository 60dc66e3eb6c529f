using System.Numerics;

namespace Kappa.Data.Tables;

/// <summary>Numbers as they stand in files: digits, a point or comma, an exponent; nothing grouped, hexadecimal, infinite or NaN.</summary>
internal static class NumberText
{
    /// <summary>With so many digits a decimal is the quotient of two doubles without error, so that one division rounds it right (Clinger, 1990).</summary>
    private const int ExactDigits = 15;

    private static readonly double[] PowersOfTen =
        [.. Enumerable.Range(0, ExactDigits + 1).Select(power => double.Parse($"1e{power}", CultureInfo.InvariantCulture))];

    /// <summary>The number that a text stands for, to the last bit.</summary>
    /// <param name="text">Without spaces around it.</param>
    /// <param name="point">What parts off the decimals.</param>
    /// <param name="value">The number; infinite where it is too large.</param>
    /// <param name="isWhole">Whether it has neither point nor exponent.</param>
    internal static bool TryParse(ReadOnlySpan<char> text, char point, out double value, out bool isWhole)
    {
        if (TryParseExactly(text, point, out value, out isWhole))
            return true;
        int i = !text.IsEmpty && text[0] is '-' or '+' ? 1 : 0, digits = 0;
        bool hasPoint = false;
        for (; i < text.Length && (char.IsAsciiDigit(text[i]) || (text[i] == point && !hasPoint)); i++)
        {
            hasPoint |= text[i] == point;
            digits += char.IsAsciiDigit(text[i]) ? 1 : 0;
        }
        isWhole = !hasPoint && i == text.Length;
        return digits > 0 && (i == text.Length || IsExponent(text[i..])) && TryParseSlowly(text, point, out value);
    }

    /// <summary>As <see cref="TryParse"/>, of numbers of few digits and without an exponent alone, which are most.</summary>
    /// <typeparam name="T">Characters or bytes.</typeparam>
    internal static bool TryParseExactly<T>(ReadOnlySpan<T> text, char point, out double value, out bool isWhole)
        where T : unmanaged, IBinaryInteger<T>
    {
        value = 0;
        isWhole = false;
        int start = !text.IsEmpty && uint.CreateTruncating(text[0]) is '-' or '+' ? 1 : 0, decimals = -1;
        // With leading zeros too, so many characters have no more digits than are exact.
        if (text.Length == start || text.Length > ExactDigits + 1 + start)
            return false;
        ulong mantissa = 0;
        for (int i = start; i < text.Length; i++)
        {
            uint digit = uint.CreateTruncating(text[i]) - '0';
            if (digit <= 9)
            {
                mantissa = (10 * mantissa) + digit;
            }
            else if (digit + '0' == point && decimals < 0)
            {
                decimals = text.Length - 1 - i;
            }
            else
            {
                return false;
            }
        }
        // No digit at all, or one too many where there is no point.
        if (text.Length - start - (decimals < 0 ? 0 : 1) is 0 or > ExactDigits)
            return false;
        isWhole = decimals < 0;
        double number = decimals > 0 ? mantissa / PowersOfTen[decimals] : mantissa;
        value = start == 1 && uint.CreateTruncating(text[0]) == '-' ? -number : number;
        return true;
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
