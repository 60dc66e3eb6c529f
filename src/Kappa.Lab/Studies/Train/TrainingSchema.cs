using System.Text.Json.Nodes;
using Kappa.Lab.Catalog;
using Kappa.Lab.Settings;
using static Kappa.Lab.Settings.SchemaNodes;

namespace Kappa.Lab.Studies.Train;

/// <summary>The JSON schema of a training config, made from the same descriptions that the reader checks against.</summary>
public static class TrainingSchema
{
    /// <summary>The schema as indented JSON.</summary>
    public static string ToText() => Finish(
        Closed(
            "What kappa train runs.",
            new JsonObject
            {
                ["$schema"] = Typed("string", "where this schema is"),
                ["name"] = Typed("string", "names the run and its folder"),
                ["data"] = OneOf("the data set, with its settings", DataKinds.All.Select(kind => Kind(kind.Name, kind.Summary, kind.Settings))),
                ["model"] = OneOf("the model, with its settings", NetworkKinds.All.Select(kind => Kind(kind.Name, kind.Summary, kind.Settings))),
                ["optimizer"] = OneOf("the optimizer, with its settings", OptimizerRegistry.Kinds.Select(Optimizer)),
                ["schedule"] = Schedule("default 100, or a tenth of the steps where that is fewer"),
                ["steps"] = WithDefault(Integer("steps of training", 1), TrainingConfigReader.DefaultSteps),
                ["epochs"] = Positive("passes over the training data, in the place of steps"),
                ["minutes"] = Positive("minutes of training with its evaluations, in the place of steps; such a run does not repeat bit for bit"),
                ["batchSize"] = Integer("examples in a step; default 16 windows of text, or 128 pictures", 1),
                ["maxGradientNorm"] = Positive("scale the gradient down to this norm where it is larger; left out, no limit"),
                ["seed"] = WithDefault(Integer("decides initialisation, data order and dropout", 0), 0),
                ["evaluateEvery"] = Integer("steps between lines of the metrics; default a twentieth of the run", 1),
                ["checkpointEvery"] = Integer("steps between checkpoints; default a tenth of the run", 1),
                ["diagnostics"] = Integer("steps between measurements of how well the model is conditioned: singular values, dormant units, tangent kernel; left out, none", 1),
                ["validationExamples"] = new JsonObject
                {
                    ["description"] = "validation examples of the evaluations along the way; the last one takes all",
                    ["default"] = TrainingConfigReader.DefaultValidationExamples,
                    ["oneOf"] = new JsonArray(Integer(null, 1), new JsonObject { ["const"] = "all" }),
                },
            },
            "name", "data", "model", "optimizer"),
        "Kappa training");

    private static JsonObject OneOf(string description, IEnumerable<JsonObject> kinds) => new()
    {
        ["description"] = description,
        ["oneOf"] = new JsonArray([.. kinds]),
    };

    private static JsonObject Kind(string name, string summary, IReadOnlyList<SettingDescription> settings)
    {
        var fields = new JsonObject { ["name"] = new JsonObject { ["const"] = name } };
        Add(fields, settings);
        return Closed(summary, fields, "name");
    }

    private static JsonObject Optimizer(OptimizerKind kind)
    {
        var fields = new JsonObject
        {
            ["name"] = new JsonObject { ["enum"] = new JsonArray(kind.Name, $"dopr-{kind.Name}") },
            ["learningRate"] = Rate("the rate before the schedule"),
        };
        Add(fields, kind.Settings);
        fields["activationPreconditioning"] = SchemaNodes.Preconditioning();
        return Closed(kind.Summary, fields, "name", "learningRate");
    }
}
