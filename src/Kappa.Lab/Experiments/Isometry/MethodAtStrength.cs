namespace Kappa.Lab.Experiments.Isometry;

/// <summary>A method at one strength, such as <c>adamo 0.1</c>; of an optimizer that has none, the strength is 0.</summary>
/// <param name="Method">The method.</param>
/// <param name="Strength">Its strength.</param>
internal sealed record MethodAtStrength(ContinualMethod Method, double Strength)
{
    /// <summary>What settings and results call it.</summary>
    internal string Name { get => field ?? Method.Name; init; }

    internal string Title => HasStrength ? $"{Method.Title} ({Method.Strength} {Strength.ToString("R", CultureInfo.InvariantCulture)})" : Method.Title;

    internal JsonNode Written => HasStrength ? JsonValue.Create(Name) : Method.Written;

    private bool HasStrength => ContinualMethods.TryFind(Method.Name, out var known) && ReferenceEquals(known, Method);

    internal static MethodAtStrength[] List(params string[] texts) => [.. texts.Select(text => Parse(text, "methods", Choices.None))];

    internal static MethodAtStrength Parse(string text, string path, Choices choices)
    {
        string[] parts = text.Split(' ');
        if (!ContinualMethods.TryFind(parts[0], out var method) || parts.Contains("+"))
            return new MethodAtStrength(MethodForm.Named(text, path, choices), 0);
        return parts.Length == 2
            && double.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out double strength) && double.IsFinite(strength) && strength >= 0
            ? new MethodAtStrength(method, strength) { Name = text }
            : throw new ConfigException($"{path}: expected a name and a strength, such as \"adamo 0.1\"; got \"{text}\"");
    }
}
