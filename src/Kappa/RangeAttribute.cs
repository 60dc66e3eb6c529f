using System.Globalization;

namespace Kappa;

/// <summary>Which numbers a setting takes. The check in <c>Validate()</c>, and whoever makes a reader, a schema or a help of the setting, read it from
/// here.</summary>
/// <remarks><code>[Range(AtLeast = 0, Below = 1)] public double Momentum { get; init; } = 0.95;</code>
/// NaN and the infinities are never in range. A setting that may be null is
/// in range where it is.</remarks>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RangeAttribute : Attribute
{
    /// <summary>The smallest number, which is in range; NaN, the default, for none.</summary>
    public double AtLeast { get; set; } = double.NaN;

    /// <summary>A number that all in range are above; NaN for none.</summary>
    public double Above { get; set; } = double.NaN;

    /// <summary>The largest number, which is in range; NaN for none.</summary>
    public double AtMost { get; set; } = double.NaN;

    /// <summary>A number that all in range are below; NaN for none.</summary>
    public double Below { get; set; } = double.NaN;

    /// <summary>Whether a number is in range.</summary>
    /// <param name="value">The number.</param>
    public bool Contains(double value) =>
        double.IsFinite(value) && !(value < AtLeast) && !(value <= Above) && !(value > AtMost) && !(value >= Below);

    /// <summary>What is in range, in words, such as "a number from 0 up to, but not including, 1".</summary>
    /// <param name="isWhole">Whether the setting is a whole number.</param>
    public string Describe(bool isWhole)
    {
        string number = isWhole ? "a whole number" : double.IsNaN(AtMost) && double.IsNaN(Below) ? "a finite number" : "a number";
        string low = !double.IsNaN(AtLeast) ? $"from {Shown(AtLeast)}" : !double.IsNaN(Above) ? $"above {Shown(Above)}" : "";
        string high = !double.IsNaN(AtMost) ? $"to {Shown(AtMost)}" : !double.IsNaN(Below) ? $"up to, but not including, {Shown(Below)}" : "";
        if (high.Length > 0)
            return low.Length > 0 ? $"{number} {low} {high}" : $"{number} {high}";
        return !double.IsNaN(AtLeast) ? $"{number} of {Named(AtLeast)} or more" : low.Length > 0 ? $"{number} above {Named(Above)}" : number;
    }

    private static string Named(double value) => value == 0 ? "zero" : Shown(value);

    private static string Shown(double value) => value.ToString(CultureInfo.InvariantCulture);
}
