namespace Kappa.Lab.Settings;

/// <summary>Declares a setting: reader, check, writer, schema and help all come from it. The default is what the property has in a new record.</summary>
/// <param name="meaning">One line, with the unit; ranges and names need no mention.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SettingAttribute(string meaning) : Attribute
{
    /// <summary>One line, with the unit.</summary>
    public string Meaning { get; } = meaning;

    /// <summary>The JSON field; null for the property's name in camel case.</summary>
    public string? Name { get; init; }

    /// <summary>The smallest number allowed, of a list that of each item.</summary>
    public double AtLeast { get; init; } = double.NaN;

    /// <summary>The largest number allowed.</summary>
    public double AtMost { get; init; } = double.NaN;

    /// <summary>A number that must be exceeded.</summary>
    public double Above { get; init; } = double.NaN;

    /// <summary>A number that must not be reached.</summary>
    public double Below { get; init; } = double.NaN;

    /// <summary>The texts allowed; of an enumeration, some of its values, or words for <see cref="Meant"/>.</summary>
    public string[]? OneOf { get; init; }

    /// <summary>The values of an enumeration that <see cref="OneOf"/> has words for, in its order; null where their own names are the words.</summary>
    internal object[]? Meant { get; init; }

    /// <summary>Whether 0 in JSON is null in the record, which takes what another setting has.</summary>
    internal bool ZeroIsNull { get; init; }

    /// <summary>Of a flat record of the library: the settings that are offered here, in the place of its usual ones.</summary>
    internal (string Name, SettingAttribute Declared)[]? Only { get; init; }

    /// <summary>What a text is, for errors, such as <c>a name for the run, such as "first"</c>.</summary>
    public string? Takes { get; init; }

    /// <summary>Whether a text may be empty, or a list have no item.</summary>
    public bool MayBeEmpty { get; init; }

    /// <summary>Whether no two items of a list may be equal.</summary>
    public bool OnceEach { get; init; }

    /// <summary>A word in JSON for the number 0, such as <c>all</c>.</summary>
    public string? ZeroText { get; init; }

    /// <summary>A list of integers may also be given as a count of up to this many: 0, 1, 2, ...</summary>
    public int CountUpTo { get; init; }

    /// <summary>The default in words, where it follows from other settings.</summary>
    public string? DefaultText { get; init; }

    /// <summary>Whether the settings of a nested record, or of a choice, stand beside the others rather than in an object of their own.</summary>
    public bool Flat { get; init; }

    /// <summary>Whether a choice whose settings are all at their defaults may be given by its name alone.</summary>
    public bool AllowName { get; init; }

    /// <summary>A <see cref="SettingForm"/> for a type that has none of its own.</summary>
    public Type? Form { get; init; }
}
