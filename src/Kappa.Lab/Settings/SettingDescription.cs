namespace Kappa.Lab.Settings;

/// <summary>One setting of a task or an optimizer, for listings, error messages and the config schema.</summary>
/// <param name="Name">The JSON field.</param>
/// <param name="Type"><c>number</c>, <c>integer</c>, <c>boolean</c>, <c>string</c> or <c>array</c>.</param>
/// <param name="Default">The default, as JSON.</param>
/// <param name="Meaning">One line, with unit and range.</param>
/// <param name="Choices">The allowed values of a string setting; null when free.</param>
public sealed record SettingDescription(string Name, string Type, string Default, string Meaning, IReadOnlyList<string>? Choices = null);
