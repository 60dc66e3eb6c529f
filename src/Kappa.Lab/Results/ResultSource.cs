namespace Kappa.Lab.Results;

/// <summary>What a result was found by: an experiment, with some settings changed; a comparison of a committed config; or another command.</summary>
/// <param name="result">The result's file.</param>
/// <param name="root">The checkout.</param>
/// <param name="choices">The experiments, and what configs may name.</param>
internal sealed class ResultSource(JsonObject result, string root, Choices choices)
{
    internal const string ExperimentField = "experiment", ComparisonField = "comparison", ChangesField = "changes", SettingsField = "settings";
    private const string Studies = "src/Kappa.Lab/Studies", Experiments = "src/Kappa.Lab/Experiments";

    private string? Experiment => result[ExperimentField]?.GetValue<string>();

    private string? Comparison => result[ComparisonField]?.GetValue<string>();

    /// <summary>The command that finds it anew.</summary>
    internal string Command => Experiment is { } experiment ? $"kappa reproduce {experiment}{Sets()}"
        : Comparison is { } config ? $"kappa compare {config}"
        : result["command"]!.GetValue<string>();

    /// <summary>Whether it was timed by the benchmarks.</summary>
    internal bool IsTiming => Command.Contains("benchmarks/Kappa.Benchmarks", StringComparison.Ordinal);

    /// <summary>The folder of code that it depends on besides what all do; null for the study of tables.</summary>
    internal string? OwnFolder => Experiment is { } experiment
        ? $"{Experiments}/{choices.Find<Experiment>(experiment).GetType().Namespace!.Split('.')[^1]}"
        : Comparison is not null ? Studies : null;

    /// <summary>The settings that the command has now; null where it says its own.</summary>
    /// <exception cref="RunFolderException">A comparison's config is not there.</exception>
    internal JsonObject? SettingsOfCommand()
    {
        if (Experiment is { } experiment)
        {
            var settings = choices.Find<Experiment>(experiment).Settings(ExperimentScale.Short);
            foreach (var (setting, value) in result[ChangesField]?.AsObject() ?? [])
                settings[setting] = value!.DeepClone();
            return AsRead(settings);
        }
        if (Comparison is not { } config)
            return null;
        string path = Path.Combine(root, config);
        return File.Exists(path) ? SettingsOf<ComparisonConfig>.Write(ComparisonConfig.ReadFile(path, choices))
            : throw new RunFolderException($"{config} is not there, which it was found with");
    }

    /// <summary>The settings that it was found with, as they are read now: those that there were not yet stand at their defaults.</summary>
    /// <exception cref="ConfigException">One of them is no longer there, or takes other values.</exception>
    internal JsonObject SettingsFound()
    {
        var settings = result[SettingsField]!.AsObject();
        return Experiment is null ? SettingsOf<ComparisonConfig>.Write(ComparisonConfig.Parse(settings.ToJsonString(), choices)) : AsRead(settings);
    }

    private JsonObject AsRead(JsonObject settings)
    {
        var experiment = choices.Find<Experiment>(Experiment!);
        return experiment.SettingsType.Write(experiment.Read(settings, choices));
    }

    /// <summary>The settings of an experiment that are not the command's.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="choices">The experiments.</param>
    internal static JsonObject ChangesOf(string experiment, JsonObject settings, Choices choices)
    {
        var own = choices.Find<Experiment>(experiment).Settings(ExperimentScale.Short);
        return new JsonObject(settings.Where(setting => !JsonNode.DeepEquals(setting.Value, own[setting.Key]))
            .Select(setting => KeyValuePair.Create(setting.Key, setting.Value?.DeepClone())));
    }

    /// <summary>The committed config of a comparison with these settings; null where there is none.</summary>
    internal static string? ConfigOf(JsonObject settings, string root, Choices choices)
    {
        string folder = Path.Combine(root, "experiments");
        string[] paths = Directory.Exists(folder) ? Directory.GetFiles(folder, "*.json") : [];
        foreach (string path in paths.Order(StringComparer.Ordinal))
        {
            // Some are of kappa train.
            if (JsonNode.Parse(File.ReadAllText(path)) is JsonObject config && config["optimizers"] is not null
                && JsonNode.DeepEquals(SettingsOf<ComparisonConfig>.Write(ComparisonConfig.ReadFile(path, choices)), settings))
                return $"experiments/{Path.GetFileName(path)}";
        }
        return null;
    }

    private string Sets() => string.Concat((result[ChangesField]?.AsObject() ?? []).Select(change =>
        $" --set {change.Key}={(change.Value is JsonValue ? change.Value.ToJsonString() : $"'{change.Value?.ToJsonString()}'")}"));
}
