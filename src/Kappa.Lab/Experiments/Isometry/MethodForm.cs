namespace Kappa.Lab.Experiments.Isometry;

/// <summary>A method: one of <see cref="ContinualMethods"/> by name, any optimizer and remedy by name, or an object with their settings.</summary>
internal sealed class MethodForm : SettingForm
{
    internal const string Meaning =
        "a remedy such as adamo, redo or crelu; any optimizer, such as \"muon\" or \"dopr-adamw + redo\"; or an object with its settings";

    private static readonly SettingsType Own = SettingsOf<MethodSettings>.Type;

    internal override string Expected(Choices choices) => "a method, such as \"adamo\", \"dopr-adamw + redo\" or { \"name\": \"muon\", \"momentum\": 0.9 }";

    internal override object Read(JsonElement element, string path, object? defaults, Choices choices) => element.ValueKind switch
    {
        JsonValueKind.String => Named(SettingFields.TextOf(element, path), path, choices),
        JsonValueKind.Object => Of((MethodSettings)Own.Read(element, path, choices), path, choices),
        _ => throw SettingFields.Unexpected(path, Expected(choices), element),
    };

    internal override void Check(object value, string path)
    {
    }

    internal override JsonNode Write(object value) => ((ContinualMethod)value).Written;

    internal override JsonObject Schema(Choices choices) => new() { ["oneOf"] = new JsonArray(new JsonObject { ["type"] = "string" }, Own.Schema(choices)) };

    /// <summary>The method of a name, or of an optimizer's name and a remedy's where one follows.</summary>
    internal static ContinualMethod Named(string text, string path, Choices choices)
    {
        if (ContinualMethods.TryFind(text, out var known))
            return known;
        bool isOptimizer = text.Contains('+', StringComparison.Ordinal) || choices.NamesOf<OptimizerKind>().Contains(text);
        string[] names = [.. ContinualMethods.All.Select(method => method.Name), .. choices.NamesOf<OptimizerKind>()];
        if (!isOptimizer)
            throw new ConfigException($"{path}: {NearestName.Describe("method", text, names)}");
        var choice = OptimizerChoice.Parse(text, path, choices);
        return Of(choice, text, JsonValue.Create(text), path, choices);
    }

    /// <summary>Names decide folders, so no two methods share one.</summary>
    internal static void RequireDifferent(SettingsCheck check, IReadOnlyList<string> names)
    {
        var same = names.GroupBy(ExperimentFolder.SlugOf, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1);
        string got = string.Join(" and ", same?.Select(name => $"\"{name}\"") ?? []);
        check.Require(same is null, "methods", "different ones, each with a \"label\" of its own where names are equal", got);
    }

    private static ContinualMethod Of(MethodSettings settings, string path, Choices choices) =>
        Of(settings, settings.Label, Own.Write(settings), path, choices);

    private static ContinualMethod Of(OptimizerChoice choice, string name, JsonNode written, string path, Choices choices)
    {
        choice.RequireMakes(new SettingsCheck(path, choices), [1e-3]);
        string title = choice is MethodSettings settings ? settings.Label : choice.Title;
        return new ContinualMethod(name, title, "as its settings say", "none", [0])
        {
            Written = written,
            Optimize = context => choice.Create(context.Model, context.LearningRate, context.Generator),
        };
    }
}
