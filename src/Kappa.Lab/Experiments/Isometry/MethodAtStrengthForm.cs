namespace Kappa.Lab.Experiments.Isometry;

/// <summary>A method with its strength in one text, or any optimizer as <see cref="MethodForm"/> takes it.</summary>
internal sealed class MethodAtStrengthForm : SettingForm
{
    internal const string Meaning =
        "a remedy and its strength, such as \"adamo 0.1\"; any optimizer, such as \"muon\" or \"dopr-adamw + redo\"; or an object with its settings";

    private static readonly MethodForm Methods = new();

    internal override string Expected(Choices choices) => "a method, such as \"adamo 0.1\", \"dopr-adamw + redo\" or { \"name\": \"muon\", \"momentum\": 0.9 }";

    internal override object Read(JsonElement element, string path, object? defaults, Choices choices) => element.ValueKind switch
    {
        JsonValueKind.String => MethodAtStrength.Parse(SettingFields.TextOf(element, path), path, choices),
        JsonValueKind.Object => new MethodAtStrength((ContinualMethod)Methods.Read(element, path, null, choices), 0),
        _ => throw SettingFields.Unexpected(path, Expected(choices), element),
    };

    internal override void Check(object value, string path)
    {
    }

    internal override JsonNode Write(object value) => ((MethodAtStrength)value).Written;

    internal override JsonObject Schema(Choices choices) => Methods.Schema(choices);
}
