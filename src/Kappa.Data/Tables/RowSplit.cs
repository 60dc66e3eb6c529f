namespace Kappa.Data.Tables;

/// <summary>Rows to train on and rows to measure on; none is both.</summary>
public sealed class RowSplit
{
    private readonly int[] _training;
    private readonly int[] _validation;
    private readonly int _count;

    internal RowSplit(int count, IEnumerable<int> validation)
    {
        bool[] isMeasured = new bool[count];
        foreach (int row in validation)
            isMeasured[row] = true;
        _training = [.. Enumerable.Range(0, count).Where(row => !isMeasured[row])];
        _validation = [.. Enumerable.Range(0, count).Where(row => isMeasured[row])];
        _count = count;
    }

    /// <summary>Rows to train on, in their order.</summary>
    public IReadOnlyList<int> Training => _training;

    /// <summary>Rows to measure on, in their order.</summary>
    public IReadOnlyList<int> Validation => _validation;

    /// <summary>The rows of a table.</summary>
    /// <param name="table">The table that was split.</param>
    /// <exception cref="ArgumentException">It has another number of rows.</exception>
    public (Table Training, Table Validation) Of(Table table)
    {
        ArgumentNullException.ThrowIfNull(table);
        RequireCount(table.RowCount, nameof(table));
        return (table.Take(_training), table.Take(_validation));
    }

    /// <summary>The examples of a data set, which share its memory.</summary>
    /// <param name="data">The data set that was split.</param>
    /// <exception cref="ArgumentException">It has another number of examples.</exception>
    public (DataSubset Training, DataSubset Validation) Of(DataSet data)
    {
        ArgumentNullException.ThrowIfNull(data);
        RequireCount(data.Count, nameof(data));
        return (new DataSubset(data, _training), new DataSubset(data, _validation));
    }

    private void RequireCount(int count, string name)
    {
        if (count != _count)
            throw new ArgumentException($"the split is of {_count} rows; got {count}", name);
    }
}
