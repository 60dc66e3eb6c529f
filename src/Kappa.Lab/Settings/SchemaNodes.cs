using System.Text.Json.Nodes;
using System.Text.Json;
using Kappa.Lab.Catalog;
using Kappa.Lab.Studies.Compare;

namespace Kappa.Lab.Settings;

/// <summary>The parts that schemas of configs are made of.</summary>
internal static class SchemaNodes
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The text of a whole schema.</summary>
    internal static string Finish(JsonObject root, string title)
    {
        root.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        root.Insert(1, "title", title);
        return root.ToJsonString(Indented) + "\n";
    }

    internal static JsonObject Preconditioning()
    {
        var fields = new JsonObject();
        Add(fields, OptimizerRegistry.PreconditioningSettings);
        return new JsonObject
        {
            ["description"] = "DoPr: solve each linear layer's gradient by the second moment of its inputs first",
            ["oneOf"] = new JsonArray(new JsonObject { ["type"] = "boolean" }, Closed(null, fields)),
        };
    }

    internal static JsonObject Schedule(string warmupDefault) => Closed(
        "how the learning rate changes",
        new JsonObject
        {
            ["warmup"] = Integer($"steps over which the rate rises; {warmupDefault}", 0),
            ["decay"] = Choice("how it falls to 0 at the last step", ComparisonConfigReader.Decays),
        });

    internal static void Add(JsonObject fields, IReadOnlyList<SettingDescription> settings)
    {
        foreach (var setting in settings)
        {
            var schema = setting.Choices is { } choices
                ? new JsonObject { ["description"] = setting.Meaning, ["enum"] = new JsonArray([.. choices.Select(choice => (JsonNode)choice)]) }
                : Typed(setting.Type, setting.Meaning);
            schema["default"] = JsonNode.Parse(setting.Default);
            fields[setting.Name] = schema;
        }
    }

    internal static JsonObject Closed(string? description, JsonObject fields, params string[] required)
    {
        var schema = new JsonObject { ["type"] = "object", ["additionalProperties"] = false, ["properties"] = fields };
        if (description is not null)
            schema.Insert(0, "description", description);
        if (required.Length > 0)
            schema["required"] = new JsonArray([.. required.Select(name => (JsonNode)name)]);
        return schema;
    }

    internal static JsonObject Typed(string type, string? description)
    {
        var schema = new JsonObject { ["type"] = type };
        if (description is not null)
            schema.Insert(0, "description", description);
        return schema;
    }

    internal static JsonObject Integer(string? description, int minimum)
    {
        var schema = Typed("integer", description);
        schema["minimum"] = minimum;
        return schema;
    }

    internal static JsonObject Positive(string? description)
    {
        var schema = Typed("number", description);
        schema["exclusiveMinimum"] = 0;
        return schema;
    }

    internal static JsonObject Rate(string? description)
    {
        var schema = Typed("number", description);
        schema["minimum"] = 0;
        return schema;
    }

    internal static JsonObject Rates(string description) => new()
    {
        ["description"] = description,
        ["type"] = "array",
        ["minItems"] = 1,
        ["uniqueItems"] = true,
        ["items"] = Rate(null),
    };

    internal static JsonObject Choice(string description, IReadOnlyList<string> valid) => new()
    {
        ["description"] = description,
        ["enum"] = new JsonArray([.. valid.Select(name => (JsonNode)name)]),
    };

    internal static JsonObject WithDefault(JsonObject schema, JsonNode value)
    {
        schema["default"] = value;
        return schema;
    }
}
