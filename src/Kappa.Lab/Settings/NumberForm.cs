namespace Kappa.Lab.Settings;

/// <summary>A number in a range.</summary>
internal sealed class NumberForm : SettingForm
{
    private readonly Type _type;
    private readonly SettingAttribute _range;
    private readonly string _expected;

    internal NumberForm(Type type, SettingAttribute range)
    {
        (_type, _range) = (type, range);
        _expected = $"{(IsInteger ? "an integer" : "a number")}{RangeText()}{(range.ZeroText is { } zero ? $", or \"{zero}\"" : "")}";
    }

    private bool IsInteger => _type != typeof(double);

    internal static bool Takes(Type type) => type == typeof(int) || type == typeof(long) || type == typeof(ulong) || type == typeof(double);

    internal override string Expected(Choices choices) => _expected;

    internal override object Read(JsonElement element, string path, object? defaults, Choices choices)
    {
        if (_range.ZeroText is { } zero && element.ValueKind == JsonValueKind.String && SettingFields.TextOf(element, path) == zero)
            return Convert.ChangeType(0, _type, CultureInfo.InvariantCulture);
        return element.ValueKind == JsonValueKind.Number && Parse(element) is { } value && Fits(value)
            ? value
            : throw SettingFields.Unexpected(path, _expected, element);
    }

    internal override void Check(object value, string path)
    {
        bool isZero = _range.ZeroText is not null && Convert.ToDouble(value, CultureInfo.InvariantCulture) == 0;
        if (!isZero && !Fits(value))
            throw SettingFields.Unexpected(path, _expected, Convert.ToString(value, CultureInfo.InvariantCulture)!);
    }

    internal override JsonNode Write(object value) => value switch
    {
        0 when _range.ZeroText is { } zero => JsonValue.Create(zero),
        int number => JsonValue.Create(number),
        long number => JsonValue.Create(number),
        ulong number => JsonValue.Create(number),
        _ => JsonValue.Create((double)value),
    };

    internal override JsonObject Schema(Choices choices)
    {
        var schema = new JsonObject { ["type"] = IsInteger ? "integer" : "number" };
        Add("minimum", _range.AtLeast);
        Add("exclusiveMinimum", _range.Above);
        Add("maximum", _range.AtMost);
        Add("exclusiveMaximum", _range.Below);
        return _range.ZeroText is { } zero ? new JsonObject { ["oneOf"] = new JsonArray(schema, new JsonObject { ["const"] = zero }) } : schema;

        void Add(string name, double limit)
        {
            if (!double.IsNaN(limit))
                schema[name] = IsInteger ? JsonValue.Create((long)limit) : JsonValue.Create(limit);
        }
    }

    /// <summary>The number in the property's type; null where it is none of that type. Not -0, which would name a folder of its own.</summary>
    private object? Parse(JsonElement element) =>
        _type == typeof(int) ? element.TryGetInt32(out int small) ? small : null
        : _type == typeof(long) ? element.TryGetInt64(out long large) ? large : null
        : _type == typeof(ulong) ? element.TryGetUInt64(out ulong positive) ? positive : null
        : element.TryGetDouble(out double real) ? real + 0.0 : null;

    private bool Fits(object boxed)
    {
        double value = Convert.ToDouble(boxed, CultureInfo.InvariantCulture);
        return double.IsFinite(value) && !(value < _range.AtLeast) && !(value > _range.AtMost) && !(value <= _range.Above) && !(value >= _range.Below);
    }

    private string RangeText()
    {
        bool hasLow = !double.IsNaN(_range.AtLeast), isOpen = !double.IsNaN(_range.Above);
        string high = !double.IsNaN(_range.AtMost) ? $"at most {Text(_range.AtMost)}" : !double.IsNaN(_range.Below) ? $"below {Text(_range.Below)}" : "";
        return (hasLow, isOpen, high) switch
        {
            (true, _, "") => $" of {Text(_range.AtLeast)} or more",
            (true, _, _) when !double.IsNaN(_range.AtMost) => $" from {Text(_range.AtLeast)} to {Text(_range.AtMost)}",
            (true, _, _) => $" of {Text(_range.AtLeast)} or more and {high}",
            (_, true, "") => $" above {Text(_range.Above)}",
            (_, true, _) => $" above {Text(_range.Above)} and {high}",
            (_, _, "") => "",
            _ => $" {high}",
        };
    }

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
