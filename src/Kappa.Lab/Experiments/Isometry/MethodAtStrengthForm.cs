namespace Kappa.Lab.Experiments.Isometry;

/// <summary>A method with its strength in one text, such as <c>adamo 0.1</c>, or any optimizer, which has none.</summary>
internal sealed class MethodAtStrengthForm() : MethodForm("adamo 0.1")
{
    internal const string Meaning =
        "a remedy and its strength, such as \"adamo 0.1\"; any optimizer, such as \"muon\" or \"dopr-adamw + redo\"; or an object with its settings";

    internal static ContinualMethod[] List(params string[] texts) => [.. texts.Select(text => Parse(text, "methods", Choices.None))];

    internal static ContinualMethod Parse(string text, string path, Choices choices)
    {
        string[] parts = text.Split(' ');
        if (!ContinualMethods.TryFind(parts[0], out var method) || parts.Contains("+"))
            return Named(text, path, choices);
        return parts.Length == 2
            && double.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out double strength) && double.IsFinite(strength) && strength >= 0
            ? method.At(strength, text)
            : throw new ConfigException($"{path}: expected a name and a strength, such as \"adamo 0.1\"; got \"{text}\"");
    }

    private protected override ContinualMethod Find(string text, string path, Choices choices) => Parse(text, path, choices);
}
