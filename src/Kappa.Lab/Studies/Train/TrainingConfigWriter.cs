using System.Text.Json.Nodes;
using Kappa.Lab.Runs;
using Kappa.Lab.Tasks.Models;

namespace Kappa.Lab.Studies.Train;

/// <summary>Writes a config with every default spelt out; what it writes reads back as the same config.</summary>
public static class TrainingConfigWriter
{
    /// <summary>The config as indented JSON.</summary>
    /// <param name="config">The config.</param>
    public static string ToText(TrainingConfig config) => ToJson(config).ToJsonString(RunJson.Indented) + "\n";

    /// <summary>The config as JSON.</summary>
    /// <param name="config">The config.</param>
    public static JsonObject ToJson(TrainingConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        var optimizer = new JsonObject { ["name"] = config.Optimizer.Name, ["learningRate"] = config.LearningRate };
        foreach (var (name, value) in config.Optimizer.Settings)
            optimizer[name] = value?.DeepClone();
        if (config.Optimizer.ActivationPreconditioning is { } preconditioning)
            optimizer["activationPreconditioning"] = preconditioning.DeepClone();
        // Written even where it follows from the length, so that the file says what ran; of epochs it is known only when the data is read.
        var schedule = new JsonObject { ["decay"] = config.Schedule.Decay };
        if (config.Schedule.Warmup is not null || config.Length.Epochs is null)
            schedule.Insert(0, "warmup", config.Schedule.Over(config.Length.Steps).Warmup);
        var result = new JsonObject
        {
            ["name"] = config.Name,
            ["data"] = KindJson(config.Data),
            ["model"] = KindJson(config.Model),
            ["optimizer"] = optimizer,
            ["schedule"] = schedule,
        };
        Add("steps", config.Length.Steps);
        Add("epochs", config.Length.Epochs);
        Add("minutes", config.Length.Minutes);
        result["batchSize"] = config.BatchSize;
        Add("maxGradientNorm", config.MaxGradientNorm);
        result["seed"] = config.Seed;
        Add("evaluateEvery", config.EvaluateEvery);
        Add("checkpointEvery", config.CheckpointEvery);
        Add("diagnostics", config.Diagnostics);
        result["validationExamples"] = config.ValidationExamples == 0 ? "all" : config.ValidationExamples;
        return result;

        void Add<T>(string name, T? value)
            where T : struct
        {
            if (value is { } given)
                result[name] = JsonValue.Create(given);
        }
    }

    private static JsonObject KindJson(KindConfig kind)
    {
        var result = kind.Settings.DeepClone().AsObject();
        result.Insert(0, "name", kind.Name);
        return result;
    }
}
