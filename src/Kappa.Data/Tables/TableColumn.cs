namespace Kappa.Data.Tables;

/// <summary>A named column of a <see cref="Table"/>: a value, or none, for each row.</summary>
public abstract class TableColumn
{
    private protected TableColumn(string name, ColumnKind kind, int count)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        (Name, Kind, Count) = (name, kind, count);
    }

    /// <summary>What it is called.</summary>
    public string Name { get; }

    /// <summary>What stands in it.</summary>
    public ColumnKind Kind { get; }

    /// <summary>The number of rows.</summary>
    public int Count { get; }

    /// <summary>How many rows have no value. Counted at each call.</summary>
    public abstract int MissingCount { get; }

    /// <summary>Whether a row has no value.</summary>
    /// <param name="row">The row, from 0.</param>
    public abstract bool IsMissing(int row);

    /// <summary>The value of a row as text, in the invariant culture; empty where it is missing.</summary>
    /// <param name="row">The row, from 0.</param>
    public abstract string TextOf(int row);

    /// <summary>Some rows, in the order given.</summary>
    /// <param name="rows">Which; the same one may come twice.</param>
    public abstract TableColumn Take(ReadOnlySpan<int> rows);

    private protected static T[] TakeOf<T>(T[] values, ReadOnlySpan<int> rows)
    {
        var taken = new T[rows.Length];
        for (int i = 0; i < rows.Length; i++)
            taken[i] = values[rows[i]];
        return taken;
    }
}
