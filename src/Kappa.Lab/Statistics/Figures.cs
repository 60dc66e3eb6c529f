namespace Kappa.Lab.Statistics;

/// <summary>Numbers as people read them.</summary>
public static class Figures
{
    /// <summary>Three significant digits; a scientific form only where the number is very small or very large.</summary>
    /// <param name="value">The number.</param>
    public static string Short(double value)
    {
        double size = Math.Abs(value);
        return value switch
        {
            double.PositiveInfinity => "infinite",
            double.NegativeInfinity => "-infinite",
            0 => "0",
            double.NaN => "not finite",
            _ when size is >= 1e-3 and < 1e4 => Rounded(value).ToString("0.######", CultureInfo.InvariantCulture),
            _ => value.ToString("0.##e+0", CultureInfo.InvariantCulture),
        };
    }

    /// <summary>A number in a format; what is not finite is said to be so.</summary>
    /// <param name="value">The number.</param>
    /// <param name="format">How it is written; null for three digits.</param>
    public static string Text(double value, string? format) =>
        format is null || !double.IsFinite(value) ? Short(value) : value.ToString(format, CultureInfo.InvariantCulture);

    /// <summary>A sentence with numbers in it; what is not finite is said to be so.</summary>
    /// <param name="text">The sentence.</param>
    public static string Say(FormattableString text)
    {
        ArgumentNullException.ThrowIfNull(text);
        object?[] said = [.. text.GetArguments().Select(value => value is double number && !double.IsFinite(number) ? Short(number) : value)];
        return string.Format(CultureInfo.InvariantCulture, text.Format, said);
    }

    /// <summary>A learning rate, exactly.</summary>
    /// <param name="value">The rate.</param>
    public static string Rate(double value) => value.ToString("R", CultureInfo.InvariantCulture).ToLowerInvariant();

    /// <summary>An estimate with its interval, such as <c>0.97 [0.9, 1]</c>; a dash for null.</summary>
    /// <param name="interval">The interval.</param>
    public static string Short(Interval? interval) =>
        interval is null ? "–" : $"{Short(interval.Estimate)} [{Short(interval.Low)}, {Short(interval.High)}]";

    /// <summary>A duration, such as <c>3.2 ms</c> or <c>2 min 5 s</c>.</summary>
    /// <param name="seconds">Seconds, 0 or more.</param>
    public static string Duration(double seconds) => (seconds < 59.95 ? seconds : Math.Round(seconds)) switch
    {
        0 => "–",
        < 1e-3 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e6:0} µs"),
        < 1 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e3:0.#} ms"),
        < 60 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.#} s"),
        < 3600 => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(Math.Round(seconds) / 60):0} min {Math.Round(seconds) % 60:00} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(seconds / 3600):0} h {Math.Floor(seconds % 3600 / 60):00} min"),
    };

    private static double Rounded(double value)
    {
        double unit = Math.Pow(10, Math.Floor(Math.Log10(Math.Abs(value))) - 2);
        return Math.Round(value / unit) * unit;
    }
}
