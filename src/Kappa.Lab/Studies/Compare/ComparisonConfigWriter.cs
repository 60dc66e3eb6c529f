using System.Text.Json.Nodes;
using System.Text.Json;
using Kappa.Lab.Tasks.Models;

namespace Kappa.Lab.Studies.Compare;

/// <summary>Writes a config with every default spelt out; what it writes reads back as the same config.</summary>
public static class ComparisonConfigWriter
{
    internal static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n" };

    /// <summary>The config as indented JSON.</summary>
    /// <param name="config">The config.</param>
    public static string ToText(ComparisonConfig config) => ToJson(config).ToJsonString(Indented) + "\n";

    /// <summary>The config as JSON.</summary>
    /// <param name="config">The config.</param>
    public static JsonObject ToJson(ComparisonConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        var result = new JsonObject
        {
            ["name"] = config.Name,
            ["task"] = TaskJson(config.Task),
            ["optimizers"] = new JsonArray([.. config.Optimizers.Select(optimizer => (JsonNode)OptimizerJson(optimizer))]),
            ["learningRates"] = Array(config.LearningRates),
            ["seeds"] = Array(config.Seeds),
            ["steps"] = config.Steps,
            ["batchSize"] = config.BatchSize == 0 ? "all" : config.BatchSize,
            ["schedule"] = ScheduleJson(config.Schedule),
            ["checkpointEvery"] = config.CheckpointEvery,
            ["evaluateEvery"] = config.EvaluateEvery,
            ["selectBy"] = config.SelectBy,
        };
        if (ModelJson(config.Model) is { } model)
            result.Insert(2, "model", model);
        if (config.MaxGradientNorm is { } norm)
            result["maxGradientNorm"] = norm;
        return result;
    }

    /// <summary>What decides the result of one trial, and nothing else: two trials with the same text have the same result.</summary>
    internal static string IdentityOf(ComparisonConfig config, Trial trial)
    {
        var optimizer = OptimizerJson(trial.Optimizer);
        _ = optimizer.Remove("label");
        _ = optimizer.Remove("learningRates");
        _ = optimizer.Remove("model");
        return new JsonObject
        {
            ["task"] = TaskJson(config.Task),
            ["model"] = ModelJson(trial.Optimizer.Model ?? config.Model),
            ["optimizer"] = optimizer,
            ["learningRate"] = trial.LearningRate,
            ["seed"] = trial.Seed,
            ["batchSize"] = config.BatchSize,
            ["schedule"] = ScheduleJson(config.Schedule),
            ["maxGradientNorm"] = config.MaxGradientNorm,
            ["evaluateEvery"] = config.EvaluateEvery,
        }.ToJsonString();
    }

    private static JsonObject TaskJson(TaskConfig task)
    {
        var result = task.Settings.DeepClone().AsObject();
        result.Insert(0, "name", task.Name);
        return result;
    }

    private static JsonObject? ModelJson(ModelConfig? config) => config is not { } model ? null : new JsonObject
    {
        ["hidden"] = Array(model.Hidden),
        ["activation"] = model.Activation,
        ["bias"] = model.Bias,
        ["initializer"] = model.Initializer,
    };

    private static JsonObject OptimizerJson(OptimizerConfig optimizer)
    {
        var result = new JsonObject { ["name"] = optimizer.Name, ["label"] = optimizer.Label };
        foreach (var (name, value) in optimizer.Settings)
            result[name] = value?.DeepClone();
        if (optimizer.ActivationPreconditioning is { } preconditioning)
            result["activationPreconditioning"] = preconditioning.DeepClone();
        result["learningRates"] = Array(optimizer.LearningRates);
        result["steps"] = optimizer.Steps;
        if (ModelJson(optimizer.Model) is { } model)
            result["model"] = model;
        if (optimizer.Whiten)
            result["whiten"] = true;
        return result;
    }

    private static JsonObject ScheduleJson(ScheduleConfig schedule) => new() { ["warmup"] = schedule.Warmup, ["decay"] = schedule.Decay };

    private static JsonArray Array<T>(IEnumerable<T> values) => new([.. values.Select(value => (JsonNode?)JsonValue.Create(value))]);
}
