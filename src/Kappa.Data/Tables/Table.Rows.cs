namespace Kappa.Data.Tables;

public sealed partial class Table
{
    /// <summary>The rows that have a value in all of the named columns.</summary>
    /// <param name="names">The columns.</param>
    /// <exception cref="ArgumentException">There is none of a name.</exception>
    public Table WithoutMissing(params IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        TableColumn[] columns = [.. names.Select(name => this[name])];
        return Take([.. Enumerable.Range(0, RowCount).Where(row => !columns.Any(column => column.IsMissing(row)))]);
    }
}
