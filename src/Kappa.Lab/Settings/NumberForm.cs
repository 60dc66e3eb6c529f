namespace Kappa.Lab.Settings;

/// <summary>A number in a range.</summary>
internal sealed class NumberForm : SettingForm
{
    private readonly Type _type;
    private readonly string? _zero;
    private readonly RangeAttribute _range;
    private readonly string _expected;

    /// <summary>Takes the limits that are declared, and otherwise those of the library's option.</summary>
    internal NumberForm(Type type, SettingAttribute declared, RangeAttribute? library)
    {
        (_type, _zero) = (type, declared.ZeroText);
        _range = new RangeAttribute
        {
            AtLeast = Of(declared.AtLeast, library?.AtLeast),
            Above = Of(declared.Above, library?.Above),
            AtMost = Of(declared.AtMost, library?.AtMost),
            Below = Of(declared.Below, library?.Below),
        };
        _expected = $"{(IsInteger ? "an integer" : "a number")}{RangeText()}{(_zero is null ? "" : $", or \"{_zero}\"")}";
    }

    private bool IsInteger => _type != typeof(double);

    internal static bool Takes(Type type) => type == typeof(int) || type == typeof(long) || type == typeof(ulong) || type == typeof(double);

    internal override string Expected(Choices choices) => _expected;

    internal override object Read(JsonElement element, string path, object? defaults, Choices choices)
    {
        if (_zero is not null && element.ValueKind == JsonValueKind.String && SettingFields.TextOf(element, path) == _zero)
            return Convert.ChangeType(0, _type, CultureInfo.InvariantCulture);
        return element.ValueKind == JsonValueKind.Number && Parse(element) is { } value && Fits(value)
            ? value
            : throw SettingFields.Unexpected(path, _expected, element);
    }

    internal override void Check(object value, string path)
    {
        bool isZero = _zero is not null && Convert.ToDouble(value, CultureInfo.InvariantCulture) == 0;
        if (!isZero && !Fits(value))
            throw SettingFields.Unexpected(path, _expected, Convert.ToString(value, CultureInfo.InvariantCulture)!);
    }

    internal override JsonNode Write(object value) => value switch
    {
        0 or 0.0 when _zero is not null => JsonValue.Create(_zero),
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
        return _zero is null ? schema : new JsonObject { ["oneOf"] = new JsonArray(schema, new JsonObject { ["const"] = _zero }) };

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

    private bool Fits(object value) => _range.Contains(Convert.ToDouble(value, CultureInfo.InvariantCulture));

    private string RangeText()
    {
        if (!double.IsNaN(_range.AtLeast) && !double.IsNaN(_range.AtMost))
            return $" from {Text(_range.AtLeast)} to {Text(_range.AtMost)}";
        string low = !double.IsNaN(_range.AtLeast) ? $"of {Text(_range.AtLeast)} or more" : !double.IsNaN(_range.Above) ? $"above {Text(_range.Above)}" : "";
        string high = !double.IsNaN(_range.AtMost) ? $"at most {Text(_range.AtMost)}" : !double.IsNaN(_range.Below) ? $"below {Text(_range.Below)}" : "";
        string both = low.Length > 0 && high.Length > 0 ? $"{low} and {high}" : low + high;
        return both.Length > 0 ? $" {both}" : "";
    }

    private static double Of(double declared, double? library) => double.IsNaN(declared) ? library ?? declared : declared;

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
