namespace Kappa.Lab.Settings;

/// <summary>True or false.</summary>
internal sealed class FlagForm : SettingForm
{
    internal override string Expected(Choices choices) => "true or false";

    internal override object Read(JsonElement element, string path, object? defaults, Choices choices) =>
        element.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? element.GetBoolean()
            : throw SettingFields.Unexpected(path, Expected(choices), element);

    internal override void Check(object value, string path)
    {
    }

    internal override JsonNode Write(object value) => JsonValue.Create((bool)value);

    internal override JsonObject Schema(Choices choices) => new() { ["type"] = "boolean" };
}
