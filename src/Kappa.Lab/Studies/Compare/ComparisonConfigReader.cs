using System.Text.Json;
using Kappa.Lab.Runs;
using Kappa.Lab.Settings;
using Kappa.Lab.Tasks;
using Kappa.Lab.Tasks.Models;
using Kappa.Text;

namespace Kappa.Lab.Studies.Compare;

/// <summary>Reads the config of a comparison strictly, and fills in every default.</summary>
public static class ComparisonConfigReader
{
    internal const int MaximumSteps = 100_000_000;

    internal static readonly string[] Fields =
        ["$schema", "name", "task", "model", "optimizers", "learningRates", "seeds", "steps", "batchSize", "schedule", "maxGradientNorm",
         "checkpointEvery", "evaluateEvery", "selectBy"];

    internal static readonly string[] OptimizerFields = ["name", "label", "learningRates", "steps", "model", "whiten", "activationPreconditioning"];
    internal static readonly string[] ModelFields = ["hidden", "activation", "bias", "initializer"];
    internal static readonly string[] ScheduleFields = ["warmup", "decay"];
    internal static readonly string[] Decays = ["cosine", "linear", "none"];
    internal static readonly string[] Selections = ["validationLoss", "metric"];
    internal static readonly double[] DefaultLearningRates = [1e-4, 3e-4, 1e-3, 3e-3, 1e-2];

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tasks">The tasks there are.</param>
    /// <exception cref="ConfigException">The file is missing, not JSON, or says something it may not.</exception>
    public static ComparisonConfig ReadFile(string path, IReadOnlyList<LabTask> tasks)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        return ConfigText.ReadFile(path, "kappa schema", root => Read(root, tasks));
    }

    /// <summary>Reads a text.</summary>
    /// <param name="json">The config; comments and trailing commas are allowed.</param>
    /// <param name="tasks">The tasks there are.</param>
    /// <exception cref="ConfigException">The text is not JSON, or says something it may not.</exception>
    public static ComparisonConfig Parse(string json, IReadOnlyList<LabTask> tasks)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        return ConfigText.Parse(json, root => Read(root, tasks));
    }

    private static ComparisonConfig Read(JsonElement root, IReadOnlyList<LabTask> tasks)
    {
        var fields = new JsonFields(root, "", Fields);
        string name = fields.Text("name", null, "a name for the run, such as \"first\"");
        if (RunPaths.Slug(name).Length == 0)
            throw new ConfigException($"name: expected a letter or a digit in it; got \"{name}\"");
        var rates = fields.Has("learningRates") ? ReadRates(fields) : DefaultLearningRates;
        int steps = fields.Integer("steps", 1000, 1, MaximumSteps);
        var model = fields.Element("model") is { } modelElement ? ReadModel(modelElement, "model", new ModelConfig()) : null;
        var optimizers = fields.List(
            "optimizers", "an array of at least one optimizer", (path, element) => OptimizerConfigReader.Read(element, path, rates, steps, model));
        OptimizerConfigReader.CheckLabels(optimizers);
        int fewestSteps = Math.Min(steps, optimizers.Min(optimizer => optimizer.Steps));
        return new ComparisonConfig
        {
            Name = name,
            Task = ReadTask(fields, tasks),
            Model = model,
            Optimizers = optimizers,
            LearningRates = rates,
            Seeds = ReadSeeds(fields),
            Steps = steps,
            BatchSize = ReadBatchSize(fields),
            Schedule = ReadSchedule(fields.Element("schedule"), fewestSteps),
            MaxGradientNorm = fields.PositiveNumber("maxGradientNorm"),
            CheckpointEvery = fields.Integer("checkpointEvery", Math.Max(1, steps / 4), 1),
            EvaluateEvery = fields.Integer("evaluateEvery", Math.Max(1, steps / 20), 1),
            SelectBy = fields.Choice("selectBy", Selections[0], Selections),
        };
    }

    internal static IReadOnlyList<double> ReadRates(JsonFields fields)
    {
        var rates = fields.List("learningRates", "an array of at least one number of 0 or more", JsonFields.RateAt);
        return rates.Distinct().Count() == rates.Count
            ? rates
            : throw new ConfigException($"{fields.PathOf("learningRates")}: a rate is given twice; give each once");
    }

    private static TaskConfig ReadTask(JsonFields fields, IReadOnlyList<LabTask> tasks)
    {
        var element = fields.Required("task", "a task, such as { \"name\": \"linear-control\" }");
        if (element.ValueKind == JsonValueKind.Object && !element.TryGetProperty("name", out _))
            throw new ConfigException($"task.name: expected one of {string.Join(", ", tasks.Select(task => task.Name))}; it is missing");
        string name = element.ValueKind == JsonValueKind.Object && element.GetProperty("name") is { ValueKind: JsonValueKind.String } text
            ? text.GetString()!
            : throw JsonFields.Unexpected("task", "an object with the name of a task", element);
        var task = tasks.FirstOrDefault(candidate => candidate.Name == name)
            ?? throw new ConfigException($"task.name: {NearestName.Describe("task", name, tasks.Select(candidate => candidate.Name))}");
        var settings = new JsonFields(element, "task", ["name", .. task.Settings.Select(setting => setting.Name)]);
        return new TaskConfig(name, SettingValues.Given(settings, task.Settings));
    }

    internal static ModelConfig ReadModel(JsonElement element, string path, ModelConfig defaults)
    {
        var fields = new JsonFields(element, path, ModelFields);
        bool isLinear = fields.Element("hidden") is { ValueKind: JsonValueKind.Array } hidden && hidden.GetArrayLength() == 0;
        return new ModelConfig
        {
            Hidden = !fields.Has("hidden") ? defaults.Hidden
                : isLinear ? []
                : fields.List("hidden", "an array of layer widths", (itemPath, width) => JsonFields.IntegerAt(itemPath, width, 1, 1 << 20)),
            Activation = fields.Choice("activation", defaults.Activation, MlpFactory.Activations),
            Bias = fields.Flag("bias", defaults.Bias),
            Initializer = fields.Choice("initializer", defaults.Initializer, MlpFactory.Initializers),
        };
    }

    private static IReadOnlyList<long> ReadSeeds(JsonFields fields)
    {
        if (fields.Element("seeds") is { ValueKind: JsonValueKind.Array })
        {
            var seeds = fields.List("seeds", "an array of at least one seed", (path, seed) => (long)JsonFields.IntegerAt(path, seed, 0, int.MaxValue));
            return seeds.Distinct().Count() == seeds.Count ? seeds : throw new ConfigException("seeds: a seed is given twice; give each once");
        }
        return [.. Enumerable.Range(0, fields.Integer("seeds", 5, 1, 10_000)).Select(seed => (long)seed)];
    }

    private static int ReadBatchSize(JsonFields fields)
    {
        if (fields.Element("batchSize") is not { } element)
            return 128;
        if (element.ValueKind == JsonValueKind.String)
            return element.GetString() == "all" ? 0 : throw JsonFields.Unexpected("batchSize", "an integer of 1 or more, or \"all\"", element);
        return JsonFields.IntegerAt("batchSize", element, 1, int.MaxValue);
    }

    /// <param name="element">The object; null where it is left out.</param>
    /// <param name="steps">The steps of training that the warm-up must be shorter than; the largest integer where they are not known yet.</param>
    internal static ScheduleConfig ReadSchedule(JsonElement? element, int steps)
    {
        if (element is not { } schedule)
            return new ScheduleConfig(Math.Min(100, steps / 10), Decays[0]);
        var fields = new JsonFields(schedule, "schedule", ScheduleFields);
        int warmup = fields.Integer("warmup", Math.Min(100, steps / 10), 0);
        if (warmup >= steps)
            throw new ConfigException($"schedule.warmup: expected fewer than the {steps} steps of training; got {warmup}");
        return new ScheduleConfig(warmup, fields.Choice("decay", Decays[0], Decays));
    }
}
