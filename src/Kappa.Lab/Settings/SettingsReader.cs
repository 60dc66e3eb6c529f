using System.Globalization;
using System.Text.Json;
using Kappa.Text;

namespace Kappa.Lab.Settings;

/// <summary>Reads the settings of a task strictly: an unknown field, a wrong type and a value out of range are errors that name the field.</summary>
/// <remarks>
/// A field that the config leaves out has the default of its <see cref="SettingDescription"/>, so a default is written down once.
/// <code>
/// var reader = new SettingsReader(settings, "task", Settings);
/// int states = reader.Integer("states", 1, 64);
/// </code>
/// </remarks>
public sealed class SettingsReader
{
    private readonly string _path;
    private readonly Dictionary<string, JsonElement> _given = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SettingDescription> _known;

    /// <summary>Starts to read, and checks the names of the fields.</summary>
    /// <param name="settings">A JSON object with some of the settings; null for none.</param>
    /// <param name="path">Where that object stands in the config, such as <c>task</c>; errors begin with it.</param>
    /// <param name="known">The settings that exist.</param>
    /// <exception cref="ConfigException">Not an object, a field that does not exist (with the nearest valid name), or one given twice.</exception>
    public SettingsReader(JsonElement? settings, string path, IReadOnlyList<SettingDescription> known)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(known);
        _path = path;
        _known = known.ToDictionary(setting => setting.Name, StringComparer.Ordinal);
        if (settings is not JsonElement given || given.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined)
            return;
        if (given.ValueKind != JsonValueKind.Object)
            throw new ConfigException($"{path}: expected an object with settings; got {Shown(given)}");
        foreach (var field in given.EnumerateObject())
        {
            if (!_known.ContainsKey(field.Name))
                throw new ConfigException($"{path}.{field.Name}: {NearestName.Describe("setting", field.Name, known.Select(setting => setting.Name))}");
            if (!_given.TryAdd(field.Name, field.Value))
                throw new ConfigException($"{path}.{field.Name}: given twice; remove one of the two");
        }
    }

    /// <summary>Whether the config gives a setting, rather than leaving it at its default.</summary>
    /// <param name="name">The field.</param>
    public bool IsGiven(string name) => _given.ContainsKey(name);

    /// <summary>An integer within a range.</summary>
    /// <param name="name">The field.</param>
    /// <param name="minimum">The smallest value allowed.</param>
    /// <param name="maximum">The largest value allowed.</param>
    /// <exception cref="ConfigException">Not an integer, or out of range.</exception>
    public int Integer(string name, int minimum = int.MinValue, int maximum = int.MaxValue) =>
        IntegerOf(Element(name), $"{_path}.{name}", minimum, maximum);

    /// <summary>A finite number within a range.</summary>
    /// <param name="name">The field.</param>
    /// <param name="minimum">The smallest value allowed.</param>
    /// <param name="maximum">The largest value allowed.</param>
    /// <param name="exclusiveMinimum">Whether the smallest value itself is not allowed.</param>
    /// <exception cref="ConfigException">Not a finite number, or out of range.</exception>
    public double Number(
        string name, double minimum = double.NegativeInfinity, double maximum = double.PositiveInfinity, bool exclusiveMinimum = false)
    {
        var element = Element(name);
        if (element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out double value) && double.IsFinite(value)
            && value <= maximum && (exclusiveMinimum ? value > minimum : value >= minimum))
        {
            return value;
        }

        string low = exclusiveMinimum ? "above" : "at least";
        string range = (double.IsFinite(minimum), double.IsFinite(maximum)) switch
        {
            (true, true) => Invariant($", {low} {minimum} and at most {maximum}"),
            (true, false) => Invariant($", {low} {minimum}"),
            (false, true) => Invariant($", at most {maximum}"),
            _ => "",
        };
        throw Error(name, $"expected a number{range}; got {Shown(element)}");
    }

    /// <summary>True or false.</summary>
    /// <param name="name">The field.</param>
    /// <exception cref="ConfigException">Neither.</exception>
    public bool Boolean(string name)
    {
        var element = Element(name);
        return element.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? element.GetBoolean()
            : throw Error(name, $"expected true or false; got {Shown(element)}");
    }

    /// <summary>A string; one of the choices where its description lists some.</summary>
    /// <param name="name">The field.</param>
    /// <exception cref="ConfigException">Not a string, or none of the choices (with the nearest one).</exception>
    public string Text(string name)
    {
        var element = Element(name);
        if (element.ValueKind != JsonValueKind.String)
            throw Error(name, $"expected a string; got {Shown(element)}");
        string value = element.GetString()!;
        if (_known[name].Choices is { } choices && !choices.Contains(value))
            throw Error(name, NearestName.Describe("value", value, choices));
        return value;
    }

    /// <summary>A list of integers, each within a range.</summary>
    /// <param name="name">The field.</param>
    /// <param name="minimum">The smallest value allowed.</param>
    /// <param name="maximum">The largest value allowed.</param>
    /// <exception cref="ConfigException">Not an array, or an element that is not an integer in range; the message names its position.</exception>
    public IReadOnlyList<int> Integers(string name, int minimum = int.MinValue, int maximum = int.MaxValue)
    {
        var element = Element(name);
        if (element.ValueKind != JsonValueKind.Array)
            throw Error(name, $"expected an array of integers; got {Shown(element)}");
        return [.. element.EnumerateArray().Select((item, index) => IntegerOf(item, Invariant($"{_path}.{name}[{index}]"), minimum, maximum))];
    }

    /// <summary>An error about one setting, for checks that a range cannot express; throw it.</summary>
    /// <param name="name">The field.</param>
    /// <param name="message">Expected, got, the way out.</param>
    public ConfigException Error(string name, string message) => new($"{_path}.{name}: {message}");

    private static int IntegerOf(JsonElement element, string path, int minimum, int maximum)
    {
        if (element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out int value) && value >= minimum && value <= maximum)
            return value;
        string range = (minimum, maximum) switch
        {
            (int.MinValue, int.MaxValue) => "",
            (_, int.MaxValue) => Invariant($", at least {minimum}"),
            (int.MinValue, _) => Invariant($", at most {maximum}"),
            _ => Invariant($" from {minimum} to {maximum}"),
        };
        throw new ConfigException($"{path}: expected an integer{range}; got {Shown(element)}");
    }

    private static string Shown(JsonElement element)
    {
        const int Longest = 60;
        string text = element.GetRawText();
        return text.Length <= Longest ? text : text[..Longest] + "...";
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private JsonElement Element(string name)
    {
        if (!_known.TryGetValue(name, out var setting))
            throw new ArgumentException(NearestName.Describe("setting", name, _known.Keys), nameof(name));
        if (_given.TryGetValue(name, out var element))
            return element;
        using var document = JsonDocument.Parse(setting.Default);
        return document.RootElement.Clone();
    }
}
