namespace Kappa.Lab.Settings;

/// <summary>Text, or one of some texts, which may stand for the values of an enumeration.</summary>
internal sealed class TextForm(string[]? valid, bool mayBeEmpty = false, string? takes = null, object[]? meant = null) : SettingForm
{
    /// <summary>The values of an enumeration in lower case with hyphens, or in the words that are declared.</summary>
    internal static TextForm OfEnumeration(Type type, SettingAttribute declared)
    {
        if (declared.Meant is not null)
            return new TextForm(declared.OneOf, meant: declared.Meant);
        var named = Enum.GetValues(type).Cast<object>().Select(value => (Name: JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString()!), Value: value))
            .Where(entry => declared.OneOf is not { } only || only.Contains(entry.Name)).ToArray();
        return new TextForm([.. named.Select(entry => entry.Name)], meant: [.. named.Select(entry => entry.Value)]);
    }

    internal override string Expected(Choices choices) =>
        takes ?? (valid is not null ? $"one of {string.Join(", ", valid)}" : mayBeEmpty ? "a string" : "a string of a character or more");

    internal override object Read(JsonElement element, string path, object? defaults, Choices choices)
    {
        if (element.ValueKind != JsonValueKind.String)
            throw SettingFields.Unexpected(path, Expected(choices), element);
        string text = SettingFields.TextOf(element, path);
        RequireValid(text, path);
        return meant is null ? text : meant[Array.IndexOf(valid!, text)];
    }

    internal override void Check(object value, string path)
    {
        if (meant is null)
            RequireValid((string)value, path);
        else if (!meant.Contains(value))
            throw SettingFields.Unexpected(path, Expected(Choices.None), value.ToString()!);
    }

    internal override JsonNode Write(object value) => JsonValue.Create(meant is null ? (string)value : valid![Array.IndexOf(meant, value)]);

    internal override JsonObject Schema(Choices choices) =>
        valid is null ? new JsonObject { ["type"] = "string" } : new JsonObject { ["enum"] = new JsonArray([.. valid.Select(text => (JsonNode)text)]) };

    private void RequireValid(string text, string path)
    {
        if (valid is not null && !valid.Contains(text))
            throw new ConfigException($"{path}: {NearestName.Describe("value", text, valid)}");
        if (text.Length == 0 && !mayBeEmpty)
            throw SettingFields.Unexpected(path, Expected(Choices.None), "\"\"");
    }
}
