namespace Kappa.Lab.Experiments;

/// <summary>What <c>config.json</c> of an experiment's run says.</summary>
/// <param name="Experiment">The experiment's name.</param>
/// <param name="Settings">Its settings.</param>
public sealed record ExperimentConfig(string Experiment, JsonObject Settings)
{
    private const string ExperimentField = "experiment";
    private const string SettingsField = "settings";
    private const string DeviceField = "device";

    /// <summary>Where models are trained and measured.</summary>
    public ComputeSettings Compute { get; init; } = new();

    /// <summary>Reads the config for readers, which a user may have edited; without it, what the run began with.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="manifest">What the run began with.</param>
    /// <exception cref="ConfigException">The file is not JSON, or says something else.</exception>
    public static ExperimentConfig Read(string path, RunManifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        string file = new RunPart(path).PathOf(RunPaths.ConfigName);
        return File.Exists(file) ? ConfigText.ReadFile(file, "kappa reproduce --show-settings", Of) : ConfigText.Parse(manifest.Config.ToJsonString(), Of);
    }

    private static ExperimentConfig Of(JsonElement root)
    {
        var fields = new SettingFields(root, "");
        fields.RequireKnown([ExperimentField, SettingsField, DeviceField]);
        if (fields.Find(ExperimentField) is not { ValueKind: JsonValueKind.String } name)
            throw new ConfigException("experiment: expected the name of an experiment");
        return fields.Find(SettingsField) is { ValueKind: JsonValueKind.Object } settings
            ? new ExperimentConfig(SettingFields.TextOf(name, ExperimentField), JsonObject.Create(settings.Clone())!)
            {
                Compute = (ComputeSettings)SettingsOf<ComputeSettings>.Type.ReadFrom(fields, null, Choices.None),
            }
            : throw new ConfigException("settings: expected an object with the settings");
    }
}
