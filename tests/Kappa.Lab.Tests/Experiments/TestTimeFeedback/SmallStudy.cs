using System.Text.Json.Nodes;

namespace Kappa.Lab.Tests.Experiments.TestTimeFeedback;

/// <summary>A study of a second, and what tests look at in its results.</summary>
internal static class SmallStudy
{
    internal static Experiment Study { get; } = KappaCatalog.Choices.Find<Experiment>("dopr/linear-control");

    /// <summary>Its settings, with some changed.</summary>
    internal static JsonObject Settings(params (string Name, JsonNode Value)[] changes)
    {
        var settings = Study.Settings(ExperimentScale.Short);
        foreach (var (field, value) in new (string, JsonNode)[]
        {
            ("task", JsonNode.Parse("""{ "name": "linear-control", "states": 3, "actions": 2, "examples": 64, "validationExamples": 32, "horizon": 10 }""")!),
            ("optimizers", JsonNode.Parse("""[{ "name": "adamw" }]""")!), ("learningRates", new JsonArray(0.01, 0.1)), ("extensions", 1),
            ("controls", new JsonArray("whitened", "longer")), ("longerBy", 2), ("ablations", new JsonObject()), ("weightDecays", new JsonArray()),
            ("steps", 20), ("batchSize", 16), ("tuningSeeds", 1), ("seeds", 3),
        })
            settings[field] = value;
        foreach (var (field, value) in changes)
            settings[field] = value;
        return settings;
    }

    internal static string[] Column(Findings findings, int section, int column) =>
        [.. findings.Sections[section].Table!.Rows.Select(row => row[column].Text)];

    /// <summary>All results without wall-clock time.</summary>
    internal static string Fingerprint(CellResults results)
    {
        static void Strip(JsonNode? node)
        {
            if (node is JsonObject fields)
            {
                _ = fields.Remove("seconds");
                foreach (var (_, value) in fields)
                    Strip(value);
            }
            else if (node is JsonArray items)
            {
                foreach (var item in items)
                    Strip(item);
            }
        }
        return string.Join('\n', results.Finished.Select(result =>
        {
            var value = result.Value.DeepClone();
            Strip(value);
            return $"{result.Key} {value.ToJsonString()}";
        }));
    }
}
