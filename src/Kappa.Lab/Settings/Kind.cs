namespace Kappa.Lab.Settings;

/// <summary>Something that a config chooses by name, with settings of its own: a task, an optimizer, a network.</summary>
public abstract class Kind
{
    /// <summary>Its name among kinds that belong together.</summary>
    public abstract string Name { get; }

    /// <summary>What a config or a command calls it.</summary>
    public virtual string FullName => Name;

    /// <summary>One sentence, for listings and the schema.</summary>
    public abstract string Summary { get; }

    /// <summary>What it is, in one or two words, such as <c>task</c>.</summary>
    public abstract string Noun { get; }

    /// <summary>Its settings.</summary>
    public abstract SettingsType SettingsType { get; }

    /// <summary>Other names that mean it, with a twist.</summary>
    public virtual IReadOnlyList<string> Aliases => [];
}
