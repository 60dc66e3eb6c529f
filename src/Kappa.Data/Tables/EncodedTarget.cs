namespace Kappa.Data.Tables;

/// <summary>What a <see cref="TableEncoder"/> learnt of the target from the training rows.</summary>
/// <param name="Name">Its column.</param>
/// <param name="Kind">What stands in the column.</param>
/// <param name="ClassNames">The classes, in the order of their labels; empty for numbers.</param>
/// <param name="Mean">What is taken from numbers.</param>
/// <param name="Deviation">What they are divided by then.</param>
internal sealed record EncodedTarget(string Name, ColumnKind Kind, IReadOnlyList<string> ClassNames, double Mean, double Deviation)
{
    private readonly Dictionary<string, int> _labels = ClassNames.Select((name, label) => (name, label))
        .ToDictionary(pair => pair.name, pair => pair.label, StringComparer.Ordinal);

    /// <summary>Whether it has classes.</summary>
    internal bool IsClasses => ClassNames.Count > 0;

    internal static EncodedTarget Fit(TableColumn column, TableEncoderOptions options)
    {
        RequireAll(column, 0);
        bool isText = column is CategoryColumn or TextColumn;
        var kind = options.Kind ?? (isText ? TargetKind.Classes
            : column is NumberColumn { IsWhole: false } ? TargetKind.Numbers : throw new ArgumentException(
                $"the target \"{column.Name}\" has {(column is DateColumn ? "dates" : "integers")}, which may be classes or numbers: set "
                + "TableEncoderOptions.Kind to TargetKind.Classes or TargetKind.Numbers"));
        if (kind == TargetKind.Numbers)
        {
            if (isText || column is DateColumn)
            {
                throw new ArgumentException(
                    $"the target \"{column.Name}\" has {(isText ? "texts" : "dates")}; numbers are wanted, by TableEncoderOptions.Kind");
            }
            var (mean, deviation, _) = Moments.Of(((NumberColumn)column).Values);
            if (options.StandardizeTarget && deviation == 0)
                throw new ArgumentException($"the target \"{column.Name}\" is {mean} in all {column.Count} training rows: there is nothing to learn");
            return new EncodedTarget(column.Name, ColumnKind.Number, [], options.StandardizeTarget ? mean : 0, options.StandardizeTarget ? deviation : 1);
        }
        if (column is NumberColumn numbers && numbers.Values.ToArray().FirstOrDefault(value => value != Math.Floor(value)) is not 0 and var part)
            throw new ArgumentException($"the target \"{column.Name}\" has {part}: classes are names or integers. For numbers set Kind = TargetKind.Numbers");
        string[] names = column switch
        {
            NumberColumn of => [.. of.Values.ToArray().Distinct().Order().Select(Name)],
            _ => [.. Enumerable.Range(0, column.Count).Select(column.TextOf).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
        };
        return names.Length < 2
            ? throw new ArgumentException($"the target \"{column.Name}\" is \"{names[0]}\" in all {column.Count} training rows: there is nothing to learn")
            : new EncodedTarget(column.Name, column.Kind, names, 0, 1);

        static string Name(double value) => value.ToString("R", CultureInfo.InvariantCulture);
    }

    internal void Encode(TableColumn column, Span<int> labels, long firstRow)
    {
        RequireAll(column, firstRow);
        int[]? byCode = column is CategoryColumn categories ? [.. categories.Names.Select(name => _labels.GetValueOrDefault(name, -1))] : null;
        for (int row = 0; row < labels.Length; row++)
        {
            labels[row] = byCode is not null ? byCode[((CategoryColumn)column).Codes[row]] : _labels.GetValueOrDefault(column.TextOf(row), -1);
            if (labels[row] < 0)
            {
                throw new ArgumentException(
                    $"row {firstRow + row} has the class \"{column.TextOf(row)}\" in \"{Name}\", which no training row has: "
                    + $"expected one of {string.Join(", ", ClassNames.Take(20))}{(ClassNames.Count > 20 ? ", ..." : "")}");
            }
        }
    }

    internal void Encode(TableColumn column, Span<float> targets, long firstRow)
    {
        RequireAll(column, firstRow);
        var values = (column as NumberColumn ?? throw new ArgumentException($"the target \"{Name}\" has {column.Kind}; numbers are expected")).Values;
        for (int row = 0; row < targets.Length; row++)
        {
            targets[row] = (float)((values[row] - Mean) / Deviation);
            if (!float.IsFinite(targets[row]))
            {
                throw new ArgumentException(
                    $"row {firstRow + row} has {values[row]} in \"{Name}\", which a Float32 does not hold: scale it, or set StandardizeTarget");
            }
        }
    }

    internal JsonObject ToJson() => new()
    {
        ["name"] = Name,
        ["kind"] = Kind.ToString(),
        ["classes"] = new JsonArray([.. ClassNames.Select(name => JsonValue.Create(name))]),
        ["mean"] = Mean,
        ["deviation"] = Deviation,
    };

    internal static EncodedTarget From(JsonNode json) => new(
        json["name"]!.GetValue<string>(), Enum.Parse<ColumnKind>(json["kind"]!.GetValue<string>()),
        [.. json["classes"]!.AsArray().Select(name => name!.GetValue<string>())], json["mean"]!.GetValue<double>(), json["deviation"]!.GetValue<double>());

    private static void RequireAll(TableColumn column, long firstRow)
    {
        if (column.Count == 0)
            throw new ArgumentException("the table has no rows");
        int missing = column.MissingCount;
        if (missing > 0)
        {
            int first = Enumerable.Range(0, column.Count).First(column.IsMissing);
            throw new ArgumentException(
                $"the target \"{column.Name}\" is missing in {missing} rows, first in row {firstRow + first}: leave them out with "
                + $"table.WithoutMissing(\"{column.Name}\")");
        }
    }
}
