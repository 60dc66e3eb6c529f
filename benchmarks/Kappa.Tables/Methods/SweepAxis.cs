namespace Kappa.Tables.Methods;

/// <summary>A setting that is swept.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Values">The values to begin with, increasing.</param>
/// <param name="Factor">From one value to the next beyond an end; 0 where the values are all there are.</param>
/// <param name="Least">No value is below.</param>
/// <param name="Most">No value is above.</param>
internal sealed record SweepAxis(string Name, IReadOnlyList<double> Values, double Factor = 0, double Least = 0, double Most = double.PositiveInfinity)
{
    private static readonly double HalfDecade = Math.Sqrt(10);

    /// <summary>Learning rates and the like: 0.001, 0.003, 0.01.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="values">The values to begin with, each 1 or 3 times a power of ten.</param>
    /// <param name="least">No value is below.</param>
    /// <param name="most">No value is above.</param>
    internal static SweepAxis HalfDecades(string name, IReadOnlyList<double> values, double least, double most) => new(name, values, HalfDecade, least, most);

    /// <summary>With one more value where the best is at an end; the same where it is not, or nothing may lie beyond.</summary>
    /// <param name="best">The best value.</param>
    internal SweepAxis Around(double best)
    {
        if (!IsAtEnd(best))
            return this;
        double further = best == Values[^1] ? Beyond(best, 1) : Beyond(best, -1);
        return further < Least || further > Most ? this : this with { Values = further > best ? [.. Values, further] : [further, .. Values] };
    }

    /// <summary>Whether a value is at an end that could lie further out. Nothing lies below 0.</summary>
    internal bool IsAtEnd(double value) => Factor > 0 && value > 0 && (value == Values[0] || value == Values[^1]);

    private double Beyond(double value, int direction)
    {
        if (Factor != HalfDecade)
            return direction > 0 ? value * Factor : value / Factor;
        int place = (int)Math.Round(2 * Math.Log10(value)) + direction;
        string digits = string.Create(CultureInfo.InvariantCulture, $"{(place % 2 == 0 ? 1 : 3)}E{Math.Floor(place / 2.0)}");
        return double.Parse(digits, CultureInfo.InvariantCulture);
    }
}
