namespace Kappa.Data.Tables;

/// <summary>Days and times, as days since 1970-01-01, parts of a day behind the point.</summary>
public sealed class DateColumn : TableColumn
{
    private readonly double[] _days;

    /// <summary>Takes the days as they are, without a copy.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="days"><c>[rows]</c>: days since 1970-01-01; NaN where a value is missing.</param>
    /// <exception cref="ArgumentException">A value is no date from year 1 to 9999; the message names its row.</exception>
    public DateColumn(string name, double[] days)
        : base(name, ColumnKind.Date, (days ?? throw new ArgumentNullException(nameof(days))).Length)
    {
        int wrong = Array.FindIndex(days, day => !double.IsNaN(day) && !(Math.Abs(day) < 2_932_897));
        if (wrong >= 0)
            throw new ArgumentException($"column \"{name}\", row {wrong}: expected days since 1970-01-01, or NaN for none; got {days[wrong]}", nameof(days));
        _days = days;
    }

    /// <summary>Days since 1970-01-01 <c>[rows]</c>; NaN where a date is missing.</summary>
    public ReadOnlySpan<double> Days => _days;

    /// <inheritdoc/>
    public override int MissingCount => _days.Count(double.IsNaN);

    /// <summary>The date of a row, to the microsecond; null where it is missing.</summary>
    /// <param name="row">The row, from 0.</param>
    public DateTime? DateOf(int row) => IsMissing(row) ? null : DateTime.UnixEpoch.AddMicroseconds(Math.Round(_days[row] * 86_400e6));

    /// <summary>Days since 1970-01-01 of a date.</summary>
    /// <param name="date">The date; its kind does not matter.</param>
    public static double DaysOf(DateTime date) => (double)(date.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerDay;

    /// <inheritdoc/>
    public override bool IsMissing(int row) => double.IsNaN(_days[row]);

    /// <inheritdoc/>
    public override string TextOf(int row) => DateOf(row)?.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFF", CultureInfo.InvariantCulture) ?? "";

    /// <inheritdoc/>
    public override TableColumn Take(ReadOnlySpan<int> rows) => new DateColumn(Name, TakeOf(_days, rows));
}
