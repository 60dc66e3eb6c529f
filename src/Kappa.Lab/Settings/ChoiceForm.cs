namespace Kappa.Lab.Settings;

/// <summary>A kind by its name, with its settings beside the name.</summary>
internal sealed class ChoiceForm(Type type, bool allowName) : SettingForm
{
    internal const string NameField = "name";

    private readonly Type _kind = type.GetGenericArguments()[0];

    internal override string Expected(Choices choices)
    {
        string noun = choices.NounOf(_kind), example = choices.NamesOf(_kind) is [var first, ..] ? first : "";
        string article = "aeiou".Contains(noun[0], StringComparison.Ordinal) ? "an" : "a";
        return $"{article} {noun}, such as {(allowName ? $"\"{example}\" or " : "")}{{ \"{NameField}\": \"{example}\" }}";
    }

    internal override object Read(JsonElement element, string path, object? defaults, Choices choices)
    {
        if (allowName && element.ValueKind == JsonValueKind.String)
        {
            string name = SettingFields.TextOf(element, path);
            var named = choices.Find(_kind, name, path);
            return Make(named, named.SettingsType.Defaults(), name);
        }
        var fields = new SettingFields(element, path, Expected(choices));
        var kind = KindIn(fields, choices, out _);
        fields.RequireKnown([NameField, .. kind.SettingsType.Names(fields, choices)]);
        return ReadFlat(fields, choices);
    }

    /// <summary>Reads name and settings out of fields that may hold others too.</summary>
    internal object ReadFlat(SettingFields fields, Choices choices)
    {
        var kind = KindIn(fields, choices, out string name);
        return Make(kind, kind.SettingsType.ReadFrom(fields, null, choices), name);
    }

    internal Kind KindIn(SettingFields fields, Choices choices, out string name)
    {
        string path = fields.PathOf(NameField), expected = $"one of {string.Join(", ", choices.NamesOf(_kind))}";
        var element = fields.Find(NameField) ?? throw new ConfigException($"{path}: expected {expected}; it is missing");
        name = element.ValueKind == JsonValueKind.String ? SettingFields.TextOf(element, path) : throw SettingFields.Unexpected(path, expected, element);
        return choices.Find(_kind, name, path);
    }

    internal IReadOnlyList<Kind> Kinds(Choices choices) => choices.Of(_kind);

    internal override void Check(object value, string path)
    {
        var choice = (Choice)value;
        choice.Of.SettingsType.Check(choice.Settings, path);
    }

    internal override JsonNode Write(object value)
    {
        var result = new JsonObject();
        WriteFlat((Choice)value, result);
        return result;
    }

    internal static void WriteFlat(Choice choice, JsonObject into)
    {
        into[NameField] = choice.As;
        choice.Of.SettingsType.WriteInto(choice.Settings, into);
    }

    internal override JsonObject Schema(Choices choices)
    {
        var objects = Kinds(choices).Select(kind =>
        {
            var fields = new JsonObject { [NameField] = NameSchema(kind) };
            kind.SettingsType.SchemaInto(fields, kind.SettingsType.Defaults(), choices);
            return (JsonNode)SettingsType.Closed(kind.Summary, fields, [NameField, .. kind.SettingsType.Required]);
        });
        JsonNode[] names = allowName ? [new JsonObject { ["enum"] = new JsonArray([.. choices.NamesOf(_kind).Select(name => (JsonNode)name)]) }] : [];
        return new JsonObject { ["oneOf"] = new JsonArray([.. names, .. objects]) };
    }

    internal static JsonObject NameSchema(Kind kind) => kind.Aliases.Count == 0
        ? new JsonObject { ["const"] = kind.Name }
        : new JsonObject { ["enum"] = new JsonArray([kind.Name, .. kind.Aliases.Select(alias => (JsonNode)alias)]) };

    private object Make(Kind kind, object settings, string name) => Activator.CreateInstance(type, kind, settings, name)!;
}
