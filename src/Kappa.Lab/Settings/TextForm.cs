namespace Kappa.Lab.Settings;

/// <summary>Text, or one of some texts.</summary>
internal sealed class TextForm(IReadOnlyList<string>? valid, bool mayBeEmpty = false, string? takes = null) : SettingForm
{
    internal override string Expected(Choices choices) =>
        takes ?? (valid is not null ? $"one of {string.Join(", ", valid)}" : mayBeEmpty ? "a string" : "a string of a character or more");

    internal override object Read(JsonElement element, string path, object? defaults, Choices choices)
    {
        if (element.ValueKind != JsonValueKind.String)
            throw SettingFields.Unexpected(path, Expected(choices), element);
        string text = SettingFields.TextOf(element, path);
        Check(text, path);
        return text;
    }

    internal override void Check(object value, string path)
    {
        string text = (string)value;
        if (valid is not null && !valid.Contains(text))
            throw new ConfigException($"{path}: {NearestName.Describe("value", text, valid)}");
        if (text.Length == 0 && !mayBeEmpty)
            throw SettingFields.Unexpected(path, Expected(Choices.None), "\"\"");
    }

    internal override JsonNode Write(object value) => JsonValue.Create((string)value);

    internal override JsonObject Schema(Choices choices) =>
        valid is null ? new JsonObject { ["type"] = "string" } : new JsonObject { ["enum"] = new JsonArray([.. valid.Select(text => (JsonNode)text)]) };
}
