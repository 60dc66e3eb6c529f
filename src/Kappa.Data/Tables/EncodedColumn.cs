namespace Kappa.Data.Tables;

/// <summary>What a <see cref="TableEncoder"/> learnt of a column from the training rows.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What stands in it: numbers, dates or categories.</param>
/// <param name="Mean">Of numbers, or of days.</param>
/// <param name="Deviation">The standard deviation, with the number of rows below; 0 for a constant that is kept as 0.</param>
/// <param name="Names">Of categories, in the order of their characters.</param>
/// <param name="HasIndicator">Whether a feature says that the value is missing.</param>
internal sealed record EncodedColumn(string Name, ColumnKind Kind, double Mean, double Deviation, IReadOnlyList<string> Names, bool HasIndicator)
{
    private readonly Dictionary<string, int> _places = Names.Select((name, place) => (name, place))
        .ToDictionary(pair => pair.name, pair => pair.place, StringComparer.Ordinal);

    /// <summary>How many features it gives.</summary>
    internal int Width => (Kind == ColumnKind.Category ? Names.Count : 1) + (HasIndicator ? 1 : 0);

    /// <summary>What its features are called.</summary>
    internal IEnumerable<string> FeatureNames => (Kind == ColumnKind.Category ? Names.Select(name => $"{Name}={name}") : [Name])
        .Concat(HasIndicator ? [$"{Name} is missing"] : []);

    /// <summary>Where a name stands among <see cref="Names"/>; -1 where it does not.</summary>
    internal int PlaceOf(string name) => _places.GetValueOrDefault(name, -1);

    internal JsonObject ToJson() => new()
    {
        ["name"] = Name,
        ["kind"] = Kind.ToString(),
        ["mean"] = Mean,
        ["deviation"] = Deviation,
        ["names"] = new JsonArray([.. Names.Select(name => JsonValue.Create(name))]),
        ["hasIndicator"] = HasIndicator,
    };

    internal static EncodedColumn From(JsonNode json) => new(
        json["name"]!.GetValue<string>(), Enum.Parse<ColumnKind>(json["kind"]!.GetValue<string>()), json["mean"]!.GetValue<double>(),
        json["deviation"]!.GetValue<double>(), [.. json["names"]!.AsArray().Select(name => name!.GetValue<string>())], json["hasIndicator"]!.GetValue<bool>());
}
