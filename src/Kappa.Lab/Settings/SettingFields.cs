namespace Kappa.Lab.Settings;

/// <summary>The fields of one object of a config, and reading what JSON can spell wrongly.</summary>
internal sealed class SettingFields
{
    private const int ShownCharacters = 60;
    private readonly Dictionary<string, JsonElement> _given = [];

    /// <summary>Takes an object apart; a field whose value is null counts as absent.</summary>
    internal SettingFields(JsonElement element, string path, string expected = "an object in braces")
    {
        Path = path;
        if (element.ValueKind != JsonValueKind.Object)
            throw Unexpected(path.Length == 0 ? "the config" : path, expected, element);
        foreach (var property in element.EnumerateObject())
        {
            string name = NameOf(property, path);
            if (!_given.TryAdd(name, property.Value))
                throw new ConfigException($"{PathOf(name)}: given twice; remove one of the two");
        }
    }

    internal string Path { get; }

    internal string PathOf(string name) => PathOf(Path, name);

    internal static string PathOf(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    internal JsonElement? Find(string name) => _given.TryGetValue(name, out var element) && element.ValueKind != JsonValueKind.Null ? element : null;

    /// <exception cref="ConfigException">A field is not among the valid ones.</exception>
    internal void RequireKnown(IReadOnlyCollection<string> valid)
    {
        foreach (string name in _given.Keys.Where(name => !valid.Contains(name)))
            throw new ConfigException($"{PathOf(name)}: {NearestName.Describe("field", name, valid)}");
    }

    internal static ConfigException Unexpected(string path, string expected, JsonElement got) => Unexpected(path, expected, got.GetRawText());

    internal static ConfigException Unexpected(string path, string expected, string got)
    {
        string text = got.ReplaceLineEndings(" ");
        return new ConfigException($"{path}: expected {expected}; got {(text.Length > ShownCharacters ? $"{text.AsSpan(0, ShownCharacters)}..." : text)}");
    }

    /// <summary>JSON can spell half a surrogate pair, such as "\ud800", which is no text.</summary>
    internal static string TextOf(JsonElement element, string path)
    {
        try
        {
            return element.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw new ConfigException(
                $"{path}: expected text; got {element.GetRawText()}, which holds half a surrogate pair. Give both halves, or the character itself");
        }
    }

    internal static string NameOf(JsonProperty property, string path)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            throw HalfName(path);
        }
    }

    internal static ConfigException HalfName(string path) => new(
        $"{(path.Length == 0 ? "the config" : path)}: a field's name holds half a surrogate pair, which is no text. Give both halves, or the character itself");
}
