namespace Kappa.Data.Tables;

/// <summary>Numbers in double precision; NaN is a missing value, and nothing else is: a NaN or an infinity that stands in a file is an error when it is
/// read.</summary>
public sealed class NumberColumn : TableColumn
{
    private readonly double[] _values;

    /// <summary>Takes the numbers as they are, without a copy.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="values"><c>[rows]</c>; NaN where a value is missing.</param>
    /// <param name="isWhole">Whether they were integers where they came from.</param>
    /// <exception cref="ArgumentException">A value is infinite; the message names its row.</exception>
    public NumberColumn(string name, double[] values, bool isWhole = false)
        : base(name, ColumnKind.Number, (values ?? throw new ArgumentNullException(nameof(values))).Length)
    {
        int infinite = Array.FindIndex(values, double.IsInfinity);
        if (infinite >= 0)
        {
            throw new ArgumentException(
                $"column \"{name}\", row {infinite}: expected a finite number, or NaN for none; got {values[infinite]}", nameof(values));
        }
        (_values, IsWhole) = (values, isWhole);
    }

    /// <summary>The numbers <c>[rows]</c>; NaN where one is missing.</summary>
    public ReadOnlySpan<double> Values => _values;

    /// <summary>Whether the numbers were integers where they came from: written without a point and an exponent, or of an integer type.</summary>
    public bool IsWhole { get; }

    /// <inheritdoc/>
    public override int MissingCount => _values.Count(double.IsNaN);

    /// <inheritdoc/>
    public override bool IsMissing(int row) => double.IsNaN(_values[row]);

    /// <inheritdoc/>
    public override string TextOf(int row) => IsMissing(row) ? "" : _values[row].ToString("R", CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override TableColumn Take(ReadOnlySpan<int> rows) => new NumberColumn(Name, TakeOf(_values, rows), IsWhole);
}
