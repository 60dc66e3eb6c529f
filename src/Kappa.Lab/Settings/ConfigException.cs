namespace Kappa.Lab.Settings;

/// <summary>A config is wrong. The message gives the path of the field, what was expected, what came, and the nearest valid name.</summary>
public sealed class ConfigException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">Field, expected, got, the way out.</param>
    public ConfigException(string message)
        : base(message)
    {
    }
}
