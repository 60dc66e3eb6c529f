namespace Kappa.Data.Tables;

/// <summary>One of a list of names for each row.</summary>
public sealed class CategoryColumn : TableColumn
{
    /// <summary>The code of a missing value.</summary>
    public const int Missing = -1;

    private readonly int[] _codes;
    private readonly string[] _names;

    /// <summary>Takes codes and names as they are, without a copy.</summary>
    /// <param name="name">What the column is called.</param>
    /// <param name="codes"><c>[rows]</c>: places in the names, or <see cref="Missing"/>.</param>
    /// <param name="names">The names, each once.</param>
    /// <exception cref="ArgumentException">A code has no name, or a name stands twice.</exception>
    public CategoryColumn(string name, int[] codes, string[] names)
        : base(name, ColumnKind.Category, (codes ?? throw new ArgumentNullException(nameof(codes))).Length)
    {
        ArgumentNullException.ThrowIfNull(names);
        int wrong = Array.FindIndex(codes, code => code < Missing || code >= names.Length);
        if (wrong >= 0)
            throw new ArgumentException($"column \"{name}\", row {wrong}: expected a code from -1 to {names.Length - 1}; got {codes[wrong]}", nameof(codes));
        if (names.Distinct(StringComparer.Ordinal).Count() != names.Length)
            throw new ArgumentException($"column \"{name}\": a name stands twice in {string.Join(", ", names.Take(20))}", nameof(names));
        (_codes, _names) = (codes, names);
    }

    /// <summary>For each row <c>[rows]</c> the place of its name in <see cref="Names"/>; <see cref="Missing"/> where there is none.</summary>
    public ReadOnlySpan<int> Codes => _codes;

    /// <summary>The names, in the order in which they first came. Some rows of a table keep the names of all.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <inheritdoc/>
    public override int MissingCount => _codes.AsSpan().Count(Missing);

    /// <inheritdoc/>
    public override bool IsMissing(int row) => _codes[row] == Missing;

    /// <inheritdoc/>
    public override string TextOf(int row) => _codes[row] == Missing ? "" : _names[_codes[row]];

    /// <inheritdoc/>
    public override TableColumn Take(ReadOnlySpan<int> rows) => new CategoryColumn(Name, TakeOf(_codes, rows), _names);

    /// <summary>A column of texts, whose names are found.</summary>
    /// <param name="name">What the column is called.</param>
    /// <param name="values"><c>[rows]</c>; null where a value is missing.</param>
    public static CategoryColumn From(string name, IEnumerable<string?> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        List<int> codes = [];
        foreach (string? value in values)
        {
            int code = Missing;
            if (value is not null && !places.TryGetValue(value, out code))
                places.Add(value, code = places.Count);
            codes.Add(code);
        }
        return new CategoryColumn(name, [.. codes], [.. places.Keys]);
    }
}
