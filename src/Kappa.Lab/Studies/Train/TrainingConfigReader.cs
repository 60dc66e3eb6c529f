using System.Text.Json;
using Kappa.Lab.Catalog;
using Kappa.Lab.Runs;
using Kappa.Lab.Settings;
using Kappa.Lab.Studies.Compare;
using Kappa.Lab.Tasks.Models;
using Kappa.Text;

namespace Kappa.Lab.Studies.Train;

/// <summary>Reads the config of a training run strictly, and fills in every default.</summary>
public static class TrainingConfigReader
{
    internal const int DefaultSteps = 1000;
    internal const int DefaultValidationExamples = 1000;

    internal static readonly string[] Fields =
        ["$schema", "name", "data", "model", "optimizer", "schedule", "steps", "epochs", "minutes", "batchSize", "maxGradientNorm", "seed",
         "evaluateEvery", "checkpointEvery", "diagnostics", "validationExamples"];

    /// <summary>Reads a file; paths in it are relative to its folder.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ConfigException">The file is missing, not JSON, or says something it may not.</exception>
    public static TrainingConfig ReadFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        return ConfigText.ReadFile(path, "kappa schema train", root => Read(root, folder));
    }

    /// <summary>Reads a text.</summary>
    /// <param name="json">The config; comments and trailing commas are allowed.</param>
    /// <param name="folder">What paths in it are relative to.</param>
    /// <exception cref="ConfigException">The text is not JSON, or says something it may not.</exception>
    public static TrainingConfig Parse(string json, string folder) => ConfigText.Parse(json, root => Read(root, folder));

    private static TrainingConfig Read(JsonElement root, string folder)
    {
        var fields = new JsonFields(root, "", Fields);
        string name = fields.Text("name", null, "a name for the run, such as \"first\"");
        if (RunPaths.Slug(name).Length == 0)
            throw new ConfigException($"name: expected a letter or a digit in it; got \"{name}\"");
        var data = ReadKind(fields, "data", "{ \"name\": \"brown-corpus\" }", DataKinds.All, kind => kind.Name, kind => kind.Settings, kind => kind.Check, out var dataKind);
        dataKind.ResolvePaths(data.Settings, folder);
        var model = ReadKind(fields, "model", "{ \"name\": \"transformer\" }", NetworkKinds.All, kind => kind.Name, kind => kind.Settings, kind => kind.Check, out var network);
        if (network.IsForText != dataKind.IsText)
        {
            string fitting = string.Join(", ", NetworkKinds.All.Where(kind => kind.IsForText == dataKind.IsText).Select(kind => kind.Name));
            throw new ConfigException($"model.name: {model.Name} is for {(network.IsForText ? "text" : "pictures")}, and {data.Name} holds {(dataKind.IsText ? "text" : "pictures")}; expected {fitting}");
        }
        var length = ReadLength(fields);
        return new TrainingConfig
        {
            Name = name,
            Data = data,
            Model = model,
            Optimizer = OptimizerConfigReader.ReadSingle(fields.Required("optimizer", "an optimizer, such as { \"name\": \"adamw\", \"learningRate\": 0.001 }"), "optimizer"),
            Schedule = ReadSchedule(fields.Element("schedule"), length.Steps),
            Length = length,
            BatchSize = fields.Integer("batchSize", dataKind.IsText ? 16 : 128, 1),
            MaxGradientNorm = fields.PositiveNumber("maxGradientNorm"),
            Seed = fields.Integer("seed", 0, 0),
            EvaluateEvery = fields.Has("evaluateEvery") ? fields.Integer("evaluateEvery", 1, 1) : null,
            CheckpointEvery = fields.Has("checkpointEvery") ? fields.Integer("checkpointEvery", 1, 1) : null,
            Diagnostics = fields.Has("diagnostics") ? fields.Integer("diagnostics", 1, 1) : null,
            ValidationExamples = fields.Element("validationExamples") is { ValueKind: JsonValueKind.String } text
                ? text.GetString() == "all" ? 0 : throw JsonFields.Unexpected("validationExamples", "an integer of 1 or more, or \"all\"", text)
                : fields.Integer("validationExamples", DefaultValidationExamples, 1),
        };
    }

    private static KindConfig ReadKind<T>(
        JsonFields root,
        string field,
        string example,
        IReadOnlyList<T> kinds,
        Func<T, string> nameOf,
        Func<T, IReadOnlyList<SettingDescription>> settingsOf,
        Func<T, Action<SettingsReader>> check,
        out T kind)
    {
        var element = root.Required(field, example);
        if (element.ValueKind != JsonValueKind.Object)
            throw JsonFields.Unexpected(field, $"an object such as {example}", element);
        string[] names = [.. kinds.Select(nameOf)];
        if (!element.TryGetProperty("name", out var given) || given.ValueKind != JsonValueKind.String)
            throw new ConfigException($"{field}.name: expected one of {string.Join(", ", names)}; {(given.ValueKind == JsonValueKind.Undefined ? "it is missing" : $"got {given.GetRawText()}")}");
        string name = given.GetString()!;
        kind = kinds.FirstOrDefault(candidate => nameOf(candidate) == name)
            ?? throw new ConfigException($"{field}.name: {NearestName.Describe(field == "data" ? "data set" : field, name, names)}");
        var settings = settingsOf(kind);
        var fields = new JsonFields(element, field, ["name", .. settings.Select(setting => setting.Name)]);
        var config = new KindConfig(name, SettingValues.Fill(fields, settings));
        check(kind)(new SettingsReader(config.Element, field, settings));
        return config;
    }

    private static TrainingSchedule ReadSchedule(JsonElement? element, int? steps)
    {
        var read = ComparisonConfigReader.ReadSchedule(element, steps ?? int.MaxValue);
        bool hasWarmup = element is { } given && new JsonFields(given, "schedule", ComparisonConfigReader.ScheduleFields).Has("warmup");
        return new TrainingSchedule(hasWarmup ? read.Warmup : null, read.Decay);
    }

    private static TrainingLength ReadLength(JsonFields fields)
    {
        string[] given = [.. new[] { "steps", "epochs", "minutes" }.Where(fields.Has)];
        if (given.Length > 1)
            throw new ConfigException($"{given[1]}: {given[0]} is given as well; expected one of steps, epochs and minutes, which say how long to train");
        return given.Length == 0 || given[0] == "steps"
            ? new TrainingLength(fields.Integer("steps", DefaultSteps, 1, ComparisonConfigReader.MaximumSteps), null, null)
            : new TrainingLength(null, fields.PositiveNumber("epochs"), fields.PositiveNumber("minutes"));
    }
}
