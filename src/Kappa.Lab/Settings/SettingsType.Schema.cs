namespace Kappa.Lab.Settings;

/// <content>What a record of settings says of itself: the schema and the help.</content>
public sealed partial class SettingsType
{
    private const int WidestHead = 40;

    internal override JsonObject Schema(Choices choices)
    {
        if (FlatChoice is not { } flat)
            return Branch(null, choices);
        return new JsonObject { ["oneOf"] = new JsonArray([.. flat.Kinds(choices).Select(kind => (JsonNode)Branch(kind, choices))]) };
    }

    /// <summary>The settings as aligned lines: name, default, meaning and range.</summary>
    /// <param name="choices">What settings may name.</param>
    /// <param name="values">A record whose values are shown; null for the defaults.</param>
    public IReadOnlyList<string> Help(Choices choices, object? values = null)
    {
        ArgumentNullException.ThrowIfNull(choices);
        var lines = HelpOf(values ?? Defaults(), choices).ToArray();
        int width = lines.Length == 0 ? 0 : lines.Max(line => Math.Min(line.Head.Length, WidestHead));
        return [.. lines.Select(line => $"{line.Head.PadRight(width)}  {line.Tail}")];
    }

    /// <summary>The settings as a table of setting, default, meaning and what it takes.</summary>
    /// <param name="choices">What settings may name.</param>
    /// <param name="values">A record whose values are shown; null for the defaults.</param>
    public FindingTable Table(Choices choices, object? values = null)
    {
        ArgumentNullException.ThrowIfNull(choices);
        return new FindingTable(
            ["setting", "default", "meaning", "takes"],
            [.. Flattened(values ?? Defaults()).Select(entry => new[]
            {
                entry.Setting.Name, DefaultOf(entry.Setting, entry.Of), entry.Setting.Meaning, entry.Setting.Form.Expected(choices),
            })]);
    }

    internal void SchemaInto(JsonObject fields, object defaults, Choices choices, Kind? chosen = null)
    {
        foreach (var setting in Settings)
        {
            if (!setting.IsFlat)
                fields[setting.Name] = setting.Schema(defaults, choices);
            else if (setting.Form is SettingsType record)
                record.SchemaInto(fields, setting.Of(defaults)!, choices);
            else if (chosen is not null)
            {
                fields[ChoiceForm.NameField] = ChoiceForm.NameSchema(chosen);
                chosen.SettingsType.SchemaInto(fields, chosen.SettingsType.Defaults(), choices);
            }
        }
    }

    internal static JsonObject Closed(string? description, JsonObject fields, IEnumerable<string> required)
    {
        var schema = new JsonObject { ["type"] = "object", ["additionalProperties"] = false, ["properties"] = fields };
        if (required.ToArray() is { Length: > 0 } names)
            schema["required"] = new JsonArray([.. names.Select(name => (JsonNode)name)]);
        if (description is not null)
            schema.Insert(0, "description", description);
        return schema;
    }

    private JsonObject Branch(Kind? chosen, Choices choices)
    {
        var fields = new JsonObject();
        SchemaInto(fields, Defaults(), choices, chosen);
        return Closed(chosen?.Summary, fields, Required);
    }

    private IEnumerable<(string Head, string Tail)> HelpOf(object defaults, Choices choices) => Flattened(defaults).Select(entry =>
        ($"{entry.Setting.Name} = {DefaultOf(entry.Setting, entry.Of)}", $"{entry.Setting.Meaning} ({entry.Setting.Form.Expected(choices)})"));

    private IEnumerable<(Setting Setting, object Of)> Flattened(object values) => Settings.SelectMany(setting =>
        setting is { IsFlat: true, Form: SettingsType record } ? record.Flattened(setting.Of(values)!) : [(setting, values)]);

    private static string DefaultOf(Setting setting, object defaults) => setting.DefaultText ?? setting.Default(defaults)?.ToJsonString() ?? "none";
}
