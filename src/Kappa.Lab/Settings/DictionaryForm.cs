using System.Collections;

namespace Kappa.Lab.Settings;

/// <summary>Values by name, at least one.</summary>
internal sealed class DictionaryForm(Type type, SettingForm item) : SettingForm
{
    internal override string Expected(Choices choices) => $"an object of names, each with {item.Expected(choices)}";

    internal override object Read(JsonElement element, string path, object? defaults, Choices choices)
    {
        if (element.ValueKind != JsonValueKind.Object)
            throw SettingFields.Unexpected(path, Expected(choices), element);
        var result = Make();
        foreach (var property in element.EnumerateObject())
        {
            string name = SettingFields.NameOf(property, path);
            if (result.Contains(name))
                throw new ConfigException($"{path}.{name}: given twice; remove one of the two");
            result[name] = item.Read(property.Value, $"{path}.{name}", null, choices);
        }
        return result.Count > 0 ? result : throw SettingFields.Unexpected(path, Expected(choices), "{}");
    }

    internal override void Check(object value, string path)
    {
        foreach (var (name, one) in Entries(value))
            item.Check(one, $"{path}.{name}");
    }

    internal override JsonNode Write(object value) =>
        new JsonObject(Entries(value).Select(entry => KeyValuePair.Create(entry.Name, (JsonNode?)item.Write(entry.Value))));

    internal override JsonObject Schema(Choices choices) => new() { ["type"] = "object", ["additionalProperties"] = item.Schema(choices) };

    private IDictionary Make() => (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(type.GetGenericArguments()))!;

    private static IEnumerable<(string Name, object Value)> Entries(object value)
    {
        foreach (DictionaryEntry entry in (IDictionary)value)
            yield return ((string)entry.Key, entry.Value!);
    }
}
