namespace Kappa.Lab.Experiments.Sweeps;

/// <summary>Where the values of one field of a config are drawn from.</summary>
public sealed record SearchRange : ICheckedSettings
{
    /// <summary>The smallest value; null where <see cref="Values"/> says which there are.</summary>
    [Setting("the smallest value")]
    public double? From { get; init; }

    /// <summary>The largest value.</summary>
    [Setting("the largest value")]
    public double? To { get; init; }

    /// <summary><c>linear</c>, or <c>log</c> for equal chances in every decade.</summary>
    [Setting("equal chances for every value, or in every decade", OneOf = ["linear", "log"])]
    public string Scale { get; init; } = "linear";

    /// <summary>The values there are, in the place of a range.</summary>
    [Setting("the values there are, in the place of from and to", OnceEach = true)]
    public IReadOnlyList<double>? Values { get; init; }

    /// <summary>The ends, whose configs must be possible.</summary>
    internal IEnumerable<double> Ends => Values ?? [From!.Value, To!.Value];

    /// <inheritdoc/>
    public void Check(SettingsCheck check)
    {
        ArgumentNullException.ThrowIfNull(check);
        if (Values is not null ? From is not null || To is not null : From is null || To is null)
            throw check.Fault(nameof(From), "expected from and to, or values in their place");
        if (Values is null && !(From < To))
            throw check.Fault(nameof(To), string.Create(CultureInfo.InvariantCulture, $"expected a number above from, {From}; got {To}"));
        if (Scale == "log" && Ends.Any(value => value <= 0))
            throw check.Fault(nameof(Scale), "a logarithmic range has numbers above 0 alone; expected linear, or another from");
    }

    /// <summary>A value.</summary>
    /// <param name="share">Where in the range, 0 up to but not including 1.</param>
    /// <param name="isWhole">Whether the field takes whole numbers alone.</param>
    internal double At(double share, bool isWhole)
    {
        if (Values is { } values)
            return values[(int)(share * values.Count)];
        (double from, double to) = (From!.Value, To!.Value);
        double value = Scale == "log" ? Math.Exp(Math.Log(from) + (share * Math.Log(to / from))) : from + (share * (to - from));
        return isWhole ? Math.Clamp(Math.Round(value), Math.Ceiling(from), Math.Floor(to)) : value;
    }
}
