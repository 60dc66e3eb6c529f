using System.Text.Json.Nodes;
using Kappa.Lab.Catalog;
using Kappa.Lab.Settings;
using Kappa.Lab.Tasks;
using Kappa.Lab.Tasks.Models;
using static Kappa.Lab.Settings.SchemaNodes;

namespace Kappa.Lab.Studies.Compare;

/// <summary>The JSON schema of a comparison's config, made from the same descriptions that the reader checks against.</summary>
public static class ConfigSchema
{
    /// <summary>The schema as indented JSON.</summary>
    /// <param name="tasks">The tasks there are.</param>
    public static string ToText(IReadOnlyList<LabTask> tasks)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        var root = Closed(
            "What kappa compare runs.",
            new JsonObject
            {
                ["$schema"] = Typed("string", "where this schema is"),
                ["name"] = Typed("string", "names the run and its folder"),
                ["task"] = new JsonObject
                {
                    ["description"] = "the task, with its settings",
                    ["oneOf"] = new JsonArray([.. tasks.Select(task => (JsonNode)TaskSchema(task))]),
                },
                ["model"] = ModelSchema("the network; left out, the task chooses"),
                ["optimizers"] = new JsonObject
                {
                    ["description"] = "what to compare",
                    ["type"] = "array",
                    ["minItems"] = 1,
                    ["items"] = new JsonObject { ["oneOf"] = new JsonArray([.. OptimizerRegistry.Kinds.Select(kind => (JsonNode)OptimizerSchema(kind))]) },
                },
                ["learningRates"] = Rates("the rates to sweep for every optimizer that gives none of its own"),
                ["seeds"] = new JsonObject
                {
                    ["description"] = "how many seeds (0, 1, 2, ...), or which",
                    ["default"] = 5,
                    ["oneOf"] = new JsonArray(
                        Integer(null, 1),
                        new JsonObject { ["type"] = "array", ["minItems"] = 1, ["uniqueItems"] = true, ["items"] = Integer(null, 0) }),
                },
                ["steps"] = WithDefault(Integer("steps of training", 1), 1000),
                ["batchSize"] = new JsonObject
                {
                    ["description"] = "examples in a step",
                    ["default"] = 128,
                    ["oneOf"] = new JsonArray(Integer(null, 1), new JsonObject { ["const"] = "all" }),
                },
                ["schedule"] = Schedule("default 100, or a tenth of the steps where that is fewer"),
                ["maxGradientNorm"] = Positive("scale the gradient down to this norm where it is larger; left out, no limit"),
                ["checkpointEvery"] = Integer("steps between checkpoints; default a quarter of the steps", 1),
                ["evaluateEvery"] = Integer("steps between lines of the metrics; default a twentieth of the steps", 1),
                ["selectBy"] = Choice("what chooses each optimizer's best learning rate", ComparisonConfigReader.Selections),
            },
            "name", "task", "optimizers");
        return Finish(root, "Kappa comparison");
    }

    private static JsonObject TaskSchema(LabTask task)
    {
        var fields = new JsonObject { ["name"] = new JsonObject { ["const"] = task.Name } };
        Add(fields, task.Settings);
        return Closed(task.Summary, fields, "name");
    }

    private static JsonObject OptimizerSchema(OptimizerKind kind)
    {
        var fields = new JsonObject
        {
            ["name"] = new JsonObject { ["enum"] = new JsonArray(kind.Name, $"dopr-{kind.Name}") },
            ["label"] = Typed("string", "what tables and plots call it; no two share one"),
        };
        Add(fields, kind.Settings);
        fields["activationPreconditioning"] = SchemaNodes.Preconditioning();
        fields["learningRates"] = Rates("rates of its own to sweep");
        fields["steps"] = Integer("steps of its own: the control with more steps", 1);
        fields["model"] = ModelSchema("fields of the model to change: a control");
        fields["whiten"] = WithDefault(Typed("boolean", "PCA-whiten the inputs by a fixed layer in front of the model: a control"), false);
        return Closed(kind.Summary, fields, "name");
    }

    private static JsonObject ModelSchema(string description)
    {
        var defaults = new ModelConfig();
        return Closed(
            description,
            new JsonObject
            {
                ["hidden"] = new JsonObject { ["description"] = "widths of the hidden layers; none makes a linear model", ["type"] = "array", ["items"] = Integer(null, 1) },
                ["activation"] = WithDefault(Choice("between layers", MlpFactory.Activations), defaults.Activation),
                ["bias"] = WithDefault(Typed("boolean", "whether layers have a bias"), defaults.Bias),
                ["initializer"] = WithDefault(Choice("how weights are drawn", MlpFactory.Initializers), defaults.Initializer),
            });
    }
}
