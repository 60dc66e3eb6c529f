namespace Kappa.Data.Tables;

/// <summary>A text of its own for each row, such as names and remarks. A <see cref="TableEncoder"/> takes none: drop it, or make it categories.</summary>
public sealed class TextColumn : TableColumn
{
    private readonly string?[] _values;

    /// <summary>Takes the texts as they are, without a copy.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="values"><c>[rows]</c>; null where a value is missing.</param>
    public TextColumn(string name, string?[] values)
        : base(name, ColumnKind.Text, (values ?? throw new ArgumentNullException(nameof(values))).Length) => _values = values;

    /// <summary>The texts <c>[rows]</c>; null where one is missing.</summary>
    public ReadOnlySpan<string?> Values => _values;

    /// <inheritdoc/>
    public override int MissingCount => _values.Count(value => value is null);

    /// <inheritdoc/>
    public override bool IsMissing(int row) => _values[row] is null;

    /// <inheritdoc/>
    public override string TextOf(int row) => _values[row] ?? "";

    /// <inheritdoc/>
    public override TableColumn Take(ReadOnlySpan<int> rows) => new TextColumn(Name, TakeOf(_values, rows));
}
