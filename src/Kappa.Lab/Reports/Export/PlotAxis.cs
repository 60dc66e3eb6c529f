namespace Kappa.Lab.Reports.Export;

/// <summary>An axis of a plot: which values it reaches, where a value lies on it, and what is written along it.</summary>
internal sealed class PlotAxis
{
    /// <summary>The room at both ends, as a share of what the values span.</summary>
    private const double Margin = 0.04;

    private const int MostTicks = 7;

    /// <summary>From which power of ten on, and down to which, numbers are written with it.</summary>
    private const int LargePower = 6, SmallPower = -5;

    // In the scale of the axis: of the values themselves, or of their decimal logarithms. Halves, since the difference of two numbers need not be one.
    private readonly double _low, _halfSpan;

    private PlotAxis(double low, double high, bool isLogarithmic)
    {
        IsLogarithmic = isLogarithmic;
        double half = high / 2 - low / 2;
        if (half == 0)
            half = low == 0 ? 1 : Math.Abs(low) * Margin;
        double middle = high / 2 + low / 2;
        _halfSpan = half * (1 + 2 * Margin);
        _low = middle - _halfSpan;
        Ticks = isLogarithmic ? [.. LogarithmicTicks()] : [.. LinearTicks()];
    }

    /// <summary>Whether equal ratios take equal room.</summary>
    internal bool IsLogarithmic { get; }

    /// <summary>What is written along it, from low to high.</summary>
    internal IReadOnlyList<PlotTick> Ticks { get; }

    /// <summary>An axis for values.</summary>
    /// <param name="values">All that is drawn; what is not finite is left out.</param>
    /// <param name="asksForLogarithm">Whether it is logarithmic where that shows more: where all values are above zero, over a factor of ten and more.</param>
    internal static PlotAxis Of(IEnumerable<double> values, bool asksForLogarithm)
    {
        double[] known = [.. values.Where(double.IsFinite)];
        if (known.Length == 0)
            return new PlotAxis(0, 1, isLogarithmic: false);
        double least = known.Min(), most = known.Max();
        return asksForLogarithm && least > 0 && Math.Log10(most) - Math.Log10(least) > 1
            ? new PlotAxis(Math.Log10(least), Math.Log10(most), isLogarithmic: true)
            : new PlotAxis(least, most, isLogarithmic: false);
    }

    /// <summary>Whether a value has a place on it.</summary>
    internal bool Takes(double value) => double.IsFinite(value) && (!IsLogarithmic || value > 0);

    /// <summary>Where a value lies: 0 at the lower end, 1 at the upper.</summary>
    internal double PlaceOf(double value) => PlaceOfScaled(IsLogarithmic ? Math.Log10(value) : value);

    private double PlaceOfScaled(double value) => (value / 2 - _low / 2) / _halfSpan;

    /// <summary>Powers of ten; with 2 and 5 times each where there are few.</summary>
    private IEnumerable<PlotTick> LogarithmicTicks()
    {
        double high = _low + 2 * _halfSpan;
        int first = (int)Math.Ceiling(_low), last = (int)Math.Floor(high), step = (last - first) / MostTicks + 1;
        if (last - first >= 2)
        {
            return Enumerable.Range(0, (last - first) / step + 1).Select(i => new PlotTick(Math.Pow(10, first + i * step), "", first + i * step))
                .Where(tick => double.IsNormal(tick.Value));
        }

        return
            from power in Enumerable.Range(first - 1, last - first + 2)
            from digit in new[] { 1, 2, 5 }
            let place = PlaceOfScaled(power + Math.Log10(digit))
            where place is >= 0 and <= 1
            select Number(digit, power, power, power);
    }

    /// <summary>Whole multiples of 1, 2 or 5 times a power of ten.</summary>
    private IEnumerable<PlotTick> LinearTicks()
    {
        double wanted = 2 * (_halfSpan / MostTicks);
        int power = (int)Math.Floor(Math.Log10(wanted));
        double unit = Math.Pow(10, power);
        int digit = wanted <= unit ? 1 : wanted <= 2 * unit ? 2 : wanted <= 5 * unit ? 5 : 10;
        if (digit == 10)
            (digit, power) = (1, power + 1);
        double step = digit * Math.Pow(10, power), high = _low + _halfSpan + _halfSpan;
        long first = Whole(Math.Ceiling(_low / step)), last = Whole(Math.Floor(high / step));
        // Where numbers are too close for their own digits, there is nothing to write between them.
        if (last - first is < 0 or > 2 * MostTicks || step == 0 || _low + step == _low)
            return [];
        double largest = Math.Max(Math.Abs(first), Math.Abs(last)) * (double)digit;
        int largestPower = power + (largest == 0 ? 0 : (int)Math.Floor(Math.Log10(largest) + 1e-12));
        return Enumerable.Range(0, (int)(last - first) + 1).Select(i => Number((first + i) * digit, power, largestPower, power));
    }

    private static long Whole(double value) => Math.Abs(value) < 1e15 ? (long)value : long.MaxValue / 4;

    /// <summary>A whole number of units of a power of ten, with the digits that its neighbours need.</summary>
    private static PlotTick Number(long units, int power, int largestPower, int smallestPower)
    {
        // A division, which rounds once, where the power is not a number that doubles have.
        double value = power >= 0 ? units * Math.Pow(10, power) : power >= -300 ? units / Math.Pow(10, -power) : units * Math.Pow(10, power);
        if (units == 0)
            return new PlotTick(0, "0", null);
        if (largestPower is > SmallPower and < LargePower)
            return new PlotTick(value, value.ToString($"F{Math.Max(0, -smallestPower)}", CultureInfo.InvariantCulture), null);
        double mantissa = units / Math.Pow(10, largestPower - power);
        return new PlotTick(value, mantissa.ToString($"F{largestPower - smallestPower}", CultureInfo.InvariantCulture), largestPower);
    }
}
