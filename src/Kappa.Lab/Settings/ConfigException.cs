namespace Kappa.Lab.Settings;

/// <summary>A config is wrong. The message gives the path of the field, what was expected, what came, and the nearest valid name.</summary>
/// <param name="message">Field, expected, got, the way out.</param>
public sealed class ConfigException(string message) : Exception(message);
