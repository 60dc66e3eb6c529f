using System.Text.Json.Nodes;
using System.Text.Json;
using Kappa.Lab.Catalog;
using Kappa.Lab.Runs;
using Kappa.Lab.Settings;
using Kappa.Lab.Studies.Compare;
using Kappa.Lab.Tasks.Models;
using Kappa.Text;

namespace Kappa.Lab.Studies;

/// <summary>Reads one optimizer of a comparison.</summary>
internal static class OptimizerConfigReader
{
    internal static readonly string[] SingleFields = ["name", "learningRate", Preconditioning];

    private const string Preconditioning = "activationPreconditioning";

    internal static OptimizerConfig Read(JsonElement element, string path, IReadOnlyList<double> defaultRates, int defaultSteps, ModelConfig? baseModel)
    {
        var (kind, isPreconditioned) = ReadKind(element, path);
        var fields = new JsonFields(
            element, path, [.. ComparisonConfigReader.OptimizerFields, .. kind.Settings.Select(setting => setting.Name)]);
        var config = new OptimizerConfig
        {
            Name = kind.Name,
            Label = "",
            Settings = SettingValues.Fill(fields, kind.Settings),
            ActivationPreconditioning = ReadPreconditioning(fields, isPreconditioned),
            LearningRates = fields.Has("learningRates") ? ComparisonConfigReader.ReadRates(fields) : defaultRates,
            Steps = fields.Integer("steps", defaultSteps, 1, ComparisonConfigReader.MaximumSteps),
            Model = fields.Element("model") is { } model
                ? ComparisonConfigReader.ReadModel(model, fields.PathOf("model"), baseModel ?? new ModelConfig())
                : null,
            Whiten = fields.Flag("whiten", false),
        };
        config = config with { Label = fields.Text("label", DefaultLabel(config, kind)) };
        if (RunPaths.Slug(config.Label).Length == 0)
            throw new ConfigException($"{path}.label: expected a letter or a digit in it; got \"{config.Label}\"");
        OptimizerRegistry.Check(config, path);
        return config;
    }

    /// <summary>Reads the optimizer of a single run, which has one learning rate.</summary>
    internal static OptimizerConfig ReadSingle(JsonElement element, string path)
    {
        var (kind, isPreconditioned) = ReadKind(element, path);
        var fields = new JsonFields(element, path, [.. SingleFields, .. kind.Settings.Select(setting => setting.Name)]);
        double rate = JsonFields.RateAt($"{path}.learningRate", fields.Required("learningRate", "a number of 0 or more, such as 0.001"));
        var config = new OptimizerConfig
        {
            Name = kind.Name,
            Label = "",
            Settings = SettingValues.Fill(fields, kind.Settings),
            ActivationPreconditioning = ReadPreconditioning(fields, isPreconditioned),
            LearningRates = [rate],
            Steps = ComparisonConfigReader.MaximumSteps,
        };
        OptimizerRegistry.Check(config, path);
        return config with { Label = DefaultLabel(config, kind) };
    }

    internal static void CheckLabels(IReadOnlyList<OptimizerConfig> optimizers)
    {
        var seen = new Dictionary<string, int>();
        for (int i = 0; i < optimizers.Count; i++)
        {
            string slug = RunPaths.Slug(optimizers[i].Label);
            if (!seen.TryAdd(slug, i))
            {
                throw new ConfigException(
                    $"optimizers[{i}].label: \"{optimizers[i].Label}\" names the same folder as the label of optimizers[{seen[slug]}]; "
                    + "give one of them another \"label\"");
            }
        }
    }

    private static (OptimizerKind Kind, bool IsPreconditioned) ReadKind(JsonElement element, string path)
    {
        if (element.ValueKind != JsonValueKind.Object)
            throw JsonFields.Unexpected(path, "an optimizer, such as { \"name\": \"adamw\" }", element);
        if (!element.TryGetProperty("name", out var nameElement) || nameElement.ValueKind != JsonValueKind.String)
            throw new ConfigException($"{path}.name: expected one of {string.Join(", ", OptimizerRegistry.Names)}; it is missing");
        string name = nameElement.GetString()!;
        return OptimizerRegistry.TryResolve(name, out var kind, out bool isPreconditioned)
            ? (kind, isPreconditioned)
            : throw new ConfigException($"{path}.name: {NearestName.Describe("optimizer", name, OptimizerRegistry.Names)}");
    }

    private static JsonObject? ReadPreconditioning(JsonFields fields, bool isPreconditioned)
    {
        if (fields.Element(Preconditioning) is not { } element)
            return isPreconditioned ? SettingValues.Fill(Empty(fields), OptimizerRegistry.PreconditioningSettings) : null;
        if (element.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            bool on = element.GetBoolean();
            if (!on && isPreconditioned)
                throw new ConfigException($"{fields.PathOf(Preconditioning)}: false contradicts the name, which begins with dopr-; drop one of them");
            return on ? SettingValues.Fill(Empty(fields), OptimizerRegistry.PreconditioningSettings) : null;
        }
        var given = new JsonFields(
            element, fields.PathOf(Preconditioning), [.. OptimizerRegistry.PreconditioningSettings.Select(setting => setting.Name)]);
        return SettingValues.Fill(given, OptimizerRegistry.PreconditioningSettings);
    }

    private static JsonFields Empty(JsonFields fields)
    {
        using var empty = JsonDocument.Parse("{}");
        return new JsonFields(empty.RootElement, fields.PathOf(Preconditioning), []);
    }

    private static string DefaultLabel(OptimizerConfig config, OptimizerKind kind)
    {
        string label = config.ActivationPreconditioning is null ? kind.Title : $"DoPr-{kind.Title}";
        string? layers = config.ActivationPreconditioning?["layers"]?.GetValue<string>();
        if (layers is not null and not "all")
            label += $" ({layers} layer{(layers == "first" ? "" : "s")})";
        return config.Whiten ? $"{label}, whitened inputs" : label;
    }
}
