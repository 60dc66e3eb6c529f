using System.Globalization;

namespace Kappa.Tensors;

/// <summary>Numbers written with their points below each other, by NumPy's rules: with an exponent where the largest is 1e8 or more, the smallest below 1e-4,
/// or their ratio above 1000.</summary>
internal static class NumberColumns
{
    /// <summary>Writes them.</summary>
    /// <param name="numbers">The shortest text of each, of the invariant culture.</param>
    /// <param name="precision">The most digits behind the point.</param>
    /// <returns>Texts whose points are equally far from their ends.</returns>
    internal static string[] Format(IReadOnlyList<string> numbers, int precision)
    {
        double largest = 0, smallest = double.PositiveInfinity;
        foreach (string number in numbers)
        {
            double size = Math.Abs(double.Parse(number, CultureInfo.InvariantCulture));
            if (!double.IsFinite(size) || size == 0)
                continue;
            (largest, smallest) = (Math.Max(largest, size), Math.Min(smallest, size));
        }

        bool hasExponent = largest > 0 && (largest >= 1e8 || smallest < 1e-4 || largest / smallest > 1000);
        var texts = numbers.Select(number => IsNumber(number) ? hasExponent ? Exponential(number, precision) : Positional(number, precision) : null).ToArray();
        return hasExponent ? WithZeros(numbers, texts) : WithSpaces(numbers, texts);
    }

    private static bool IsNumber(string number) => char.IsAsciiDigit(number[^1]);

    private static string Word(string number) => number[0] == '-' ? "-inf" : number == "NaN" ? "nan" : "inf";

    /// <summary>Such as <c>2.5</c> or <c>3.</c>.</summary>
    private static string Positional(string number, int precision)
    {
        decimal value = Math.Round(decimal.Parse(number, NumberStyles.Float, CultureInfo.InvariantCulture), precision);
        string text = Math.Abs(value).ToString("0." + new string('#', precision), CultureInfo.InvariantCulture);
        return (number[0] == '-' ? "-" : "") + (text.Contains('.', StringComparison.Ordinal) ? text : text + ".");
    }

    /// <summary>Such as <c>2.5e-07</c>, with a point and no zeros behind it that say nothing.</summary>
    private static string Exponential(string number, int precision)
    {
        string text = number;
        string digits = string.Concat(number.Split('E')[0].Where(char.IsAsciiDigit)).Trim('0');
        if (digits.Length > precision + 1 || !number.Contains('E', StringComparison.Ordinal))
        {
            int behind = Math.Clamp(digits.Length - 1, 0, precision);
            text = double.Parse(number, CultureInfo.InvariantCulture).ToString($"E{behind}", CultureInfo.InvariantCulture);
        }

        string[] parts = text.Split('E');
        string mantissa = parts[0].Contains('.', StringComparison.Ordinal) ? parts[0].TrimEnd('0') : parts[0] + ".";
        int exponent = int.Parse(parts[1], CultureInfo.InvariantCulture);
        return $"{mantissa}e{(exponent < 0 ? "-" : "+")}{Math.Abs(exponent).ToString("00", CultureInfo.InvariantCulture)}";
    }

    /// <summary>As many digits behind every point, and exponents of one width.</summary>
    private static string[] WithZeros(IReadOnlyList<string> numbers, string?[] texts)
    {
        int behind = texts.Max(text => text is null ? 0 : text.IndexOf('e', StringComparison.Ordinal) - text.IndexOf('.', StringComparison.Ordinal) - 1);
        int exponent = texts.Max(text => text is null ? 0 : text.Length - text.IndexOf('e', StringComparison.Ordinal) - 2);
        return [.. texts.Select((text, i) =>
        {
            if (text is null)
                return Word(numbers[i]);
            int e = text.IndexOf('e', StringComparison.Ordinal), point = text.IndexOf('.', StringComparison.Ordinal);
            return text[..e].PadRight(point + 1 + behind, '0') + text[e..(e + 2)] + text[(e + 2)..].PadLeft(exponent, '0');
        })];
    }

    /// <summary>Spaces behind those with fewer digits behind the point.</summary>
    private static string[] WithSpaces(IReadOnlyList<string> numbers, string?[] texts)
    {
        int behind = texts.Max(text => text is null ? 0 : text.Length - text.IndexOf('.', StringComparison.Ordinal) - 1);
        return [.. texts.Select((text, i) => text is null ? Word(numbers[i]) : text.PadRight(text.IndexOf('.', StringComparison.Ordinal) + 1 + behind))];
    }
}
