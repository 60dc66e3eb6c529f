using System.Globalization;
using System.Text.Json;
using Kappa.Text;

namespace Kappa.Lab.Settings;

/// <summary>Reads one object of a config strictly: every fault names its path, what was expected and what came.</summary>
internal sealed class JsonFields
{
    private const int ShownCharacters = 60;

    private readonly Dictionary<string, JsonElement> _fields = [];
    private readonly string _path;

    /// <summary>Takes an object apart; a field whose value is null counts as absent.</summary>
    internal JsonFields(JsonElement element, string path, IReadOnlyCollection<string> valid)
    {
        _path = path;
        if (element.ValueKind != JsonValueKind.Object)
            throw Unexpected(path.Length == 0 ? "the config" : path, "an object in braces", element);
        foreach (var property in element.EnumerateObject())
        {
            if (!valid.Contains(property.Name))
                throw new ConfigException($"{PathOf(property.Name)}: {NearestName.Describe("field", property.Name, valid)}");
            if (property.Value.ValueKind != JsonValueKind.Null)
                _fields[property.Name] = property.Value;
        }
    }

    internal static ConfigException Unexpected(string path, string expected, JsonElement got)
    {
        string text = got.GetRawText().ReplaceLineEndings(" ");
        if (text.Length > ShownCharacters)
            text = $"{text.AsSpan(0, ShownCharacters)}...";
        return new ConfigException($"{path}: expected {expected}; got {text}");
    }

    internal string PathOf(string name) => _path.Length == 0 ? name : $"{_path}.{name}";

    internal bool Has(string name) => _fields.ContainsKey(name);

    internal JsonElement? Element(string name) => _fields.TryGetValue(name, out var element) ? element : null;

    internal JsonElement Required(string name, string expected) => Element(name)
        ?? throw new ConfigException($"{PathOf(name)}: expected {expected}; it is missing");

    internal string Text(string name, string? fallback, string expected = "a string")
    {
        if (Element(name) is not { } element)
            return fallback ?? throw new ConfigException($"{PathOf(name)}: expected {expected}; it is missing");
        return element.ValueKind == JsonValueKind.String && element.GetString()!.Length > 0
            ? element.GetString()!
            : throw Unexpected(PathOf(name), expected, element);
    }

    internal string Choice(string name, string fallback, IReadOnlyList<string> valid)
    {
        string got = Text(name, fallback, $"one of {string.Join(", ", valid)}");
        return valid.Contains(got)
            ? got
            : throw new ConfigException($"{PathOf(name)}: {NearestName.Describe("value", got, valid)}");
    }

    internal bool Flag(string name, bool fallback)
    {
        if (Element(name) is not { } element)
            return fallback;
        return element.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? element.GetBoolean()
            : throw Unexpected(PathOf(name), "true or false", element);
    }

    internal int Integer(string name, int fallback, int minimum, int maximum = int.MaxValue) =>
        Element(name) is { } element ? IntegerAt(PathOf(name), element, minimum, maximum) : fallback;

    internal double? PositiveNumber(string name) =>
        Element(name) is { } element ? PositiveNumberAt(PathOf(name), element) : null;

    internal IReadOnlyList<T> List<T>(string name, string expected, Func<string, JsonElement, T> read)
    {
        var element = Required(name, expected);
        if (element.ValueKind != JsonValueKind.Array || element.GetArrayLength() == 0)
            throw Unexpected(PathOf(name), expected, element);
        return [.. element.EnumerateArray().Select((item, index) =>
            read($"{PathOf(name)}[{index.ToString(CultureInfo.InvariantCulture)}]", item))];
    }

    internal static int IntegerAt(string path, JsonElement element, int minimum, int maximum)
    {
        string expected = maximum == int.MaxValue
            ? $"an integer of {minimum} or more"
            : $"an integer from {minimum} to {maximum}";
        return element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out int value) && value >= minimum && value <= maximum
            ? value
            : throw Unexpected(path, expected, element);
    }

    /// <summary>A learning rate: 0 as well, which moves nothing and is a baseline.</summary>
    internal static double RateAt(string path, JsonElement element) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out double value) && double.IsFinite(value) && value >= 0
            // Not -0, which would name a folder of its own.
            ? value + 0.0
            : throw Unexpected(path, "a number of 0 or more", element);

    internal static double PositiveNumberAt(string path, JsonElement element) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out double value) && double.IsFinite(value) && value > 0
            ? value
            : throw Unexpected(path, "a number above 0", element);
}
