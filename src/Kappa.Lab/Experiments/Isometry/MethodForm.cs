namespace Kappa.Lab.Experiments.Isometry;

/// <summary>A method: one of <see cref="ContinualMethods"/> by name, any optimizer and remedy by name, or an object with their settings.</summary>
internal abstract class MethodForm(string example) : SettingForm
{
    private static readonly SettingsType Own = SettingsOf<MethodSettings>.Type;

    internal sealed override string Expected(Choices choices) =>
        $"a method, such as \"{example}\", \"dopr-adamw + redo\" or {{ \"name\": \"muon\", \"momentum\": 0.9 }}";

    internal sealed override object Read(JsonElement element, string path, object? defaults, Choices choices) => element.ValueKind switch
    {
        JsonValueKind.String => Find(SettingFields.TextOf(element, path), path, choices),
        JsonValueKind.Object => Of((MethodSettings)Own.Read(element, path, choices), path, choices),
        _ => throw SettingFields.Unexpected(path, Expected(choices), element),
    };

    internal sealed override void Check(object value, string path)
    {
    }

    internal sealed override JsonNode Write(object value) => ((ContinualMethod)value).Written;

    internal sealed override JsonObject Schema(Choices choices) =>
        new() { ["oneOf"] = new JsonArray(new JsonObject { ["type"] = "string" }, Own.Schema(choices)) };

    /// <summary>Names decide folders, so no two methods share one.</summary>
    internal static void RequireDifferent(SettingsCheck check, IReadOnlyList<ContinualMethod> methods)
    {
        var same = methods.GroupBy(method => ExperimentFolder.SlugOf(method.Name), StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1);
        string got = string.Join(" and ", same?.Select(method => $"\"{method.Name}\"") ?? []);
        check.Require(same is null, "methods", "different ones, each with a \"label\" of its own where names are equal", got);
    }

    /// <summary>The method of a text.</summary>
    private protected abstract ContinualMethod Find(string text, string path, Choices choices);

    /// <summary>The method of a name, or of an optimizer's name and a remedy's where one follows.</summary>
    private protected static ContinualMethod Named(string text, string path, Choices choices)
    {
        if (ContinualMethods.TryFind(text, out var known))
            return known;
        string[] optimizers = [.. choices.NamesOf<OptimizerKind>()];
        string[] names = [.. ContinualMethods.All.Select(method => method.Name), .. optimizers];
        if (!text.Contains('+', StringComparison.Ordinal) && !optimizers.Contains(text))
            throw new ConfigException($"{path}: {NearestName.Describe("method", text, names)}");
        var choice = OptimizerChoice.Parse(text, path, choices);
        return Of(choice, text, choice.Title, JsonValue.Create(text), path, choices);
    }

    private static ContinualMethod Of(MethodSettings settings, string path, Choices choices) =>
        Of(settings, settings.Label, settings.Label, Own.Write(settings), path, choices);

    private static ContinualMethod Of(OptimizerChoice choice, string name, string title, JsonNode written, string path, Choices choices)
    {
        choice.RequireMakes(new SettingsCheck(path, choices), [1e-3]);
        return new ContinualMethod(name, title, "as its settings say", "none", [0])
        {
            Written = written,
            Optimize = context => choice.Create(context.Model, context.LearningRate, context.Generator),
        };
    }
}
