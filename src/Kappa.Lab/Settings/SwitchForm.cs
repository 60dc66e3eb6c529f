namespace Kappa.Lab.Settings;

/// <summary>True or false, or an object with settings.</summary>
internal sealed class SwitchForm(Type type) : SettingForm
{
    private readonly SettingsType _settings = SettingsType.Of(type.GetGenericArguments()[0]);

    internal override string Expected(Choices choices) => "true, false or an object in braces";

    internal override object Read(JsonElement element, string path, object? defaults, Choices choices) =>
        Activator.CreateInstance(type, element.ValueKind switch
    {
        JsonValueKind.True => _settings.Defaults(),
        JsonValueKind.False => null,
        JsonValueKind.Object => _settings.Read(element, path, choices),
        _ => throw SettingFields.Unexpected(path, Expected(choices), element),
    })!;

    internal override void Check(object value, string path)
    {
        if (Of(value) is { } settings)
            _settings.Check(settings, path);
    }

    internal override JsonNode Write(object value) => Of(value) is { } settings ? _settings.Write(settings) : JsonValue.Create(false);

    internal override JsonObject Schema(Choices choices) =>
        new() { ["oneOf"] = new JsonArray(new JsonObject { ["type"] = "boolean" }, _settings.Schema(choices)) };

    private object? Of(object value) => type.GetProperty(nameof(Switched<object>.Settings))!.GetValue(value);
}
