using System.Globalization;
using System.Text.Json.Nodes;
using Kappa.Isometry;
using Kappa.Lab.Settings;

namespace Kappa.Lab.Studies;

/// <summary>The settings of the isometry penalty in a config.</summary>
internal static class IsometrySettings
{
    private static readonly IsometryOptions Defaults = new();

    internal static IReadOnlyList<SettingDescription> All { get; } =
    [
        Number("strength", Defaults.Strength, "lambda, the strength of the isometry penalty, 0 or more"),
        new SettingDescription("layerStrengths", "array", "[]", "strengths of some weights, such as {\"pattern\": \"0.*\", \"strength\": 0.01}; the first pattern that fits counts"),
        Number("target", Defaults.Target, "what the squares of the singular values are drawn to, above 0; 2 makes up for a ReLU"),
        Number("penaltyRate", 0, "learning rate of the penalty, 0 or more; 0 takes the optimizer's"),
        Flag("rectangularCorrection", Defaults.RectangularCorrection, "multiply the target of a matrix with more rows than columns by their ratio"),
        Flag("divideByGramSize", Defaults.DivideByGramSize, "divide the penalty by the size of the Gram matrix"),
        Flag("halfConvention", Defaults.HalfConvention, "take half of the penalty, as the authors' code does"),
        new SettingDescription("exclude", "array", "[\"*embedding*\"]", "patterns of weights that are left alone; * stands for any text"),
        Flag("includeOutput", Defaults.IncludeOutput, "regularise the output head too"),
        new SettingDescription("interval", "integer", "1", "the penalty is taken in every so many steps, 1 or more"),
        new SettingDescription("variant", "string", "\"decoupled\"", "a gradient step beside the optimizer's, a part of the loss, or a pull to the nearest orthogonal matrix", ["decoupled", "coupled", "newton-schulz"]),
        new SettingDescription("point", "string", "\"before\"", "whether the penalty's gradient is taken before the optimizer's step or after it", ["before", "after"]),
    ];

    internal static IsometryOptions Options(JsonObject values, Action<string>? onWarning) => new()
    {
        Strength = SettingValues.Number(values, "strength"),
        LayerStrengths = [.. values["layerStrengths"]!.AsArray().Select(LayerStrength)],
        Target = SettingValues.Number(values, "target"),
        LearningRate = SettingValues.Number(values, "penaltyRate") is not 0 and var rate ? rate : null,
        RectangularCorrection = SettingValues.Flag(values, "rectangularCorrection"),
        DivideByGramSize = SettingValues.Flag(values, "divideByGramSize"),
        HalfConvention = SettingValues.Flag(values, "halfConvention"),
        Exclude = [.. values["exclude"]!.AsArray().Select(Pattern)],
        IncludeOutput = SettingValues.Flag(values, "includeOutput"),
        Interval = SettingValues.Integer(values, "interval"),
        Variant = SettingValues.Text(values, "variant") switch
        {
            "coupled" => IsometryVariant.Coupled,
            "newton-schulz" => IsometryVariant.NewtonSchulz,
            _ => IsometryVariant.Decoupled,
        },
        Point = SettingValues.Text(values, "point") == "after" ? IsometryPoint.AfterStep : IsometryPoint.BeforeStep,
        OnWarning = onWarning,
    };

    private static LayerStrength LayerStrength(JsonNode? node) =>
        node is JsonObject { Count: 2 } entry && entry["pattern"] is JsonValue pattern && pattern.TryGetValue(out string? text) && entry["strength"] is JsonValue strength && strength.TryGetValue(out double value)
            ? new LayerStrength(text, value)
            : throw new ArgumentException($"layerStrengths: expected objects with a pattern and a strength, such as {{\"pattern\": \"0.*\", \"strength\": 0.01}}; got {node?.ToJsonString() ?? "null"}");

    private static string Pattern(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text)
        ? text
        : throw new ArgumentException($"exclude: expected patterns, such as \"*embedding*\"; got {node?.ToJsonString() ?? "null"}");

    private static SettingDescription Number(string name, double value, string meaning) => new(name, "number", value.ToString("R", CultureInfo.InvariantCulture), meaning);

    private static SettingDescription Flag(string name, bool value, string meaning) => new(name, "boolean", value ? "true" : "false", meaning);
}
