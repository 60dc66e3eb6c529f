namespace Kappa.Lab.Settings;

/// <summary>What a check of settings throws with: every error names the setting as JSON calls it, what it takes and what came.</summary>
public sealed class SettingsCheck
{
    private readonly string _path;

    internal SettingsCheck(string path, Choices choices) => (_path, Choices) = (path, choices);

    /// <summary>What settings may name.</summary>
    public Choices Choices { get; }

    /// <summary>Throws unless a condition is met.</summary>
    /// <param name="isMet">The condition.</param>
    /// <param name="property">The property.</param>
    /// <param name="expected">What it takes.</param>
    /// <param name="got">What it has.</param>
    /// <exception cref="ConfigException">The condition is not met.</exception>
    public void Require(bool isMet, string property, string expected, object? got)
    {
        if (!isMet)
            throw Fault(property, string.Create(CultureInfo.InvariantCulture, $"expected {expected}; got {got}"));
    }

    /// <summary>Requires that a text can be the path of a file.</summary>
    /// <param name="property">The property's name.</param>
    /// <param name="path">The text.</param>
    /// <exception cref="ConfigException">It has a character that no path has.</exception>
    public void RequirePath(string property, string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path.Contains('\0', StringComparison.Ordinal))
            throw Fault(property, "expected a path; got one with a character 0 in it, which no path has");
    }

    /// <summary>An error about one setting; throw it.</summary>
    /// <param name="property">The property.</param>
    /// <param name="message">Expected, got, the way out.</param>
    public ConfigException Fault(string property, string message) => new($"{PathOf(property)}: {message}");

    /// <summary>Where a property stands in the config.</summary>
    internal string PathOf(string property) => SettingFields.PathOf(_path, Setting.NameOf(property));

    /// <summary>Runs a check of the library, and puts its complaint behind the path.</summary>
    internal void Library(Action check)
    {
        try
        {
            check();
        }
        catch (Exception error) when (error is ArgumentException or ConfigException)
        {
            string message = error.Message.Split(" (Parameter", 2)[0].ReplaceLineEndings(" ");
            throw new ConfigException(_path.Length == 0 ? message : $"{_path}: {message}");
        }
    }
}
