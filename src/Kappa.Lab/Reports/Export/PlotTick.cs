namespace Kappa.Lab.Reports.Export;

/// <summary>A place on an axis that is labelled, or only marked.</summary>
/// <param name="Value">Its value.</param>
/// <param name="Digits">The number in front of the power of ten; empty for the power alone.</param>
/// <param name="Exponent">The power of ten; null for none.</param>
internal sealed record PlotTick(double Value, string Digits, int? Exponent)
{
    /// <summary>About how many characters it takes; those of an exponent are small.</summary>
    internal double Width => Exponent is { } power
        ? Digits.Length + (Digits.Length > 0 ? 3 : 2) + 0.7 * power.ToString(CultureInfo.InvariantCulture).Length
        : Digits.Length;
}
