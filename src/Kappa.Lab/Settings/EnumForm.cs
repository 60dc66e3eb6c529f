namespace Kappa.Lab.Settings;

/// <summary>A value of an enumeration, written in lower case with hyphens.</summary>
internal sealed class EnumForm : SettingForm
{
    private readonly object[] _values;
    private readonly string[] _names;
    private readonly TextForm _text;

    internal EnumForm(Type type, string[]? only)
    {
        _values = [.. Enum.GetValues(type).Cast<object>().Where(value => only is null || only.Contains(NameOf(value)))];
        _names = [.. _values.Select(NameOf)];
        _text = new TextForm(_names);
    }

    internal override string Expected(Choices choices) => _text.Expected(choices);

    internal override object Read(JsonElement element, string path, object? defaults, Choices choices) =>
        _values[Array.IndexOf(_names, (string)_text.Read(element, path, null, choices))];

    internal override void Check(object value, string path)
    {
        if (!_values.Contains(value))
            throw SettingFields.Unexpected(path, Expected(Choices.None), value.ToString()!);
    }

    internal override JsonNode Write(object value) => JsonValue.Create(_names[Array.IndexOf(_values, value)]);

    internal override JsonObject Schema(Choices choices) => _text.Schema(choices);

    private static string NameOf(object value) => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString()!);
}
