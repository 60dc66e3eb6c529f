namespace Kappa.Lab.Experiments;

/// <summary>What a finished cell found.</summary>
/// <param name="Key">The cell.</param>
/// <param name="Value">What it returned.</param>
public sealed record CellResult(string Key, JsonObject Value)
{
    /// <summary>A number that the cell returned; NaN where it returned null or nothing of that name.</summary>
    /// <param name="name">Its name.</param>
    public double Number(string name) => NumberOf(Value[name]);

    /// <summary>Numbers that the cell returned; NaN where one is null; empty where there is nothing of that name.</summary>
    /// <param name="name">Their name.</param>
    public double[] Numbers(string name) => Value[name] is JsonArray array ? [.. array.Select(NumberOf)] : [];

    /// <summary>A number as JSON can say it: null in the place of NaN and the infinities.</summary>
    /// <param name="value">The number.</param>
    public static JsonNode? Json(double value) => double.IsFinite(value) ? JsonValue.Create(value) : null;

    /// <summary>Numbers as JSON can say them: null in the place of NaN and the infinities.</summary>
    /// <param name="values">The numbers.</param>
    public static JsonArray Json(IEnumerable<double> values) => [.. values.Select(Json)];

    private static double NumberOf(JsonNode? node) => node is JsonValue value ? value.GetValue<double>() : double.NaN;
}
