namespace Kappa.Data.Tables;

/// <summary>Named columns of one length, in memory: what a file of examples holds, before a <see cref="TableEncoder"/> makes numbers of it.</summary>
/// <remarks>Nothing in it changes: what selects columns or rows gives a new table, and columns are shared where they are whole.</remarks>
public sealed partial class Table
{
    private readonly TableColumn[] _columns;
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);

    /// <summary>A table of columns.</summary>
    /// <param name="columns">One or more, of one length and of different names.</param>
    /// <exception cref="ArgumentException">There is none, two have one name, or their lengths differ.</exception>
    public Table(IEnumerable<TableColumn> columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        _columns = [.. columns];
        if (_columns.Length == 0)
            throw new ArgumentException("expected one column or more; got none", nameof(columns));
        for (int i = 0; i < _columns.Length; i++)
        {
            if (_columns[i].Count != _columns[0].Count)
            {
                throw new ArgumentException(
                    $"expected columns of one length; \"{_columns[0].Name}\" has {_columns[0].Count} rows and \"{_columns[i].Name}\" has {_columns[i].Count}",
                    nameof(columns));
            }
            if (!_places.TryAdd(_columns[i].Name, i))
            {
                throw new ArgumentException(
                    $"expected different names; columns {_places[_columns[i].Name]} and {i} are both \"{_columns[i].Name}\"", nameof(columns));
            }
        }
    }

    /// <summary>The number of rows.</summary>
    public int RowCount => _columns[0].Count;

    /// <summary>The columns, in their order.</summary>
    public IReadOnlyList<TableColumn> Columns => _columns;

    /// <summary>A column by its name.</summary>
    /// <param name="name">The name, letter by letter.</param>
    /// <exception cref="ArgumentException">There is none of this name; the message lists those that there are.</exception>
    public TableColumn this[string name] => _columns[PlaceOf(name)];

    /// <summary>Whether there is a column of a name.</summary>
    /// <param name="name">The name, letter by letter.</param>
    public bool Contains(string name) => _places.ContainsKey(name);

    /// <summary>The named columns, in the order given.</summary>
    /// <param name="names">Their names.</param>
    /// <exception cref="ArgumentException">There is none of a name, or none is given.</exception>
    public Table Select(params IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        return new Table(names.Select(name => this[name]));
    }

    /// <summary>All columns but the named ones.</summary>
    /// <param name="names">Their names.</param>
    /// <exception cref="ArgumentException">There is none of a name, or no column would be left.</exception>
    public Table Drop(params IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        HashSet<int> dropped = [.. names.Select(PlaceOf)];
        return new Table(_columns.Where((_, place) => !dropped.Contains(place)));
    }

    /// <summary>Some rows, in the order given.</summary>
    /// <param name="rows">Which, each 0 to RowCount - 1; the same one may come twice.</param>
    /// <exception cref="ArgumentOutOfRangeException">A row does not exist; the message names its position.</exception>
    public Table Take(ReadOnlySpan<int> rows)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            if ((uint)rows[i] >= (uint)RowCount)
                throw new ArgumentOutOfRangeException(nameof(rows), rows[i], $"rows[{i}] is not a row: expected 0 to {RowCount - 1}");
        }
        var taken = new TableColumn[_columns.Length];
        for (int i = 0; i < taken.Length; i++)
            taken[i] = _columns[i].Take(rows);
        return new Table(taken);
    }

    private int PlaceOf(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (_places.TryGetValue(name, out int place))
            return place;
        string others = string.Join(", ", _places.Keys.Take(30).Select(key => $"\"{key}\""));
        throw new ArgumentException($"there is no column \"{name}\"; there are {others}{(_places.Count > 30 ? ", ..." : "")}", nameof(name));
    }
}
