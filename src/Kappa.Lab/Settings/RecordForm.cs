namespace Kappa.Lab.Settings;

/// <summary>A nested record of settings.</summary>
internal sealed class RecordForm(SettingsType type) : SettingForm
{
    internal SettingsType Type { get; } = type;

    internal override string Expected(Choices choices) => Type.Expected(choices);

    internal override object Read(JsonElement element, string path, object? defaults, Choices choices) => Type.Read(element, path, choices, defaults);

    internal override void Check(object value, string path) => Type.Check(value, path);

    internal override JsonNode Write(object value) => Type.Write(value);

    internal override JsonObject Schema(Choices choices) => Type.Schema(choices);
}
