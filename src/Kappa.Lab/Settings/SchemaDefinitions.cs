namespace Kappa.Lab.Settings;

/// <summary>Says once what a schema says of several kinds alike.</summary>
internal static class SchemaDefinitions
{
    private const int ShortestText = 300;

    /// <summary>Moves long parts that appear more than once, under one name, to <c>$defs</c>.</summary>
    internal static JsonObject Gather(JsonObject schema)
    {
        var properties = Properties(schema).Select(entry => (entry.Fields, entry.Name, Text: entry.Fields[entry.Name]!.ToJsonString())).ToArray();
        var definitions = new JsonObject();
        foreach (var group in properties.GroupBy(entry => (entry.Name, entry.Text)).Where(group => group.Key.Text.Length >= ShortestText && group.Count() > 1))
        {
            if (definitions.ContainsKey(group.Key.Name))
                continue;
            definitions[group.Key.Name] = JsonNode.Parse(group.Key.Text);
            foreach (var (fields, name, _) in group)
                fields[name] = new JsonObject { ["$ref"] = $"#/$defs/{name}" };
        }
        if (definitions.Count > 0)
            schema["$defs"] = definitions;
        return schema;
    }

    private static IEnumerable<(JsonObject Fields, string Name)> Properties(JsonNode? node) => node switch
    {
        JsonArray array => array.SelectMany(Properties),
        JsonObject fields => fields.SelectMany(field => Properties(field.Value))
            .Concat(fields["properties"] is JsonObject own ? own.Select(field => (own, field.Key)) : []),
        _ => [],
    };
}
