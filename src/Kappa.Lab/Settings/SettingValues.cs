using System.Text.Json.Nodes;
using System.Text.Json;

namespace Kappa.Lab.Settings;

/// <summary>Checks settings against their descriptions and fills in defaults.</summary>
internal static class SettingValues
{
    /// <summary>Every setting, those left out at their defaults.</summary>
    internal static JsonObject Fill(JsonFields fields, IReadOnlyList<SettingDescription> settings)
    {
        var result = new JsonObject();
        var given = Given(fields, settings);
        foreach (var setting in settings)
            result[setting.Name] = given[setting.Name]?.DeepClone() ?? JsonNode.Parse(setting.Default);
        return result;
    }

    /// <summary>The settings that are given, checked.</summary>
    internal static JsonObject Given(JsonFields fields, IReadOnlyList<SettingDescription> settings)
    {
        var result = new JsonObject();
        foreach (var setting in settings)
        {
            if (fields.Element(setting.Name) is not { } given)
                continue;
            Check(fields.PathOf(setting.Name), fields, setting, given);
            result[setting.Name] = JsonNode.Parse(given.GetRawText());
        }
        return result;
    }

    internal static double Number(JsonObject values, string name) => values[name]!.GetValue<double>();

    internal static int Integer(JsonObject values, string name) => values[name]!.GetValue<int>();

    internal static bool Flag(JsonObject values, string name) => values[name]!.GetValue<bool>();

    internal static string Text(JsonObject values, string name) => values[name]!.GetValue<string>();

    private static void Check(string path, JsonFields fields, SettingDescription setting, JsonElement given)
    {
        if (setting.Choices is { } choices)
        {
            _ = fields.Choice(setting.Name, choices[0], choices);
            return;
        }
        (bool fits, string expected) = setting.Type switch
        {
            "number" => (given.ValueKind == JsonValueKind.Number && double.IsFinite(given.GetDouble()), "a number"),
            "integer" => (given.ValueKind == JsonValueKind.Number && given.TryGetInt32(out _), "an integer"),
            "boolean" => (given.ValueKind is JsonValueKind.True or JsonValueKind.False, "true or false"),
            "string" => (given.ValueKind == JsonValueKind.String, "a string"),
            "array" => (given.ValueKind == JsonValueKind.Array, "an array"),
            _ => (true, ""),
        };
        if (!fits)
            throw JsonFields.Unexpected(path, $"{expected} ({setting.Meaning})", given);
    }
}
