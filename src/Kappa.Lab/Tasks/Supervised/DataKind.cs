using System.Text.Json.Nodes;
using Kappa.Lab.Settings;

namespace Kappa.Lab.Tasks.Supervised;

/// <summary>A data set that a training config may name.</summary>
public abstract class DataKind
{
    private protected DataKind()
    {
    }

    /// <summary>What a config calls it.</summary>
    public abstract string Name { get; }

    /// <summary>One sentence.</summary>
    public abstract string Summary { get; }

    /// <summary>Whether it is text; otherwise pictures.</summary>
    public abstract bool IsText { get; }

    /// <summary>The settings that a config may give, with defaults.</summary>
    public abstract IReadOnlyList<SettingDescription> Settings { get; }

    /// <summary>Checks settings without reading a file.</summary>
    /// <exception cref="ConfigException">A setting is out of range.</exception>
    internal abstract void Check(SettingsReader settings);

    /// <summary>Makes paths absolute, which in a config are relative to its own folder.</summary>
    internal virtual void ResolvePaths(JsonObject settings, string folder)
    {
    }

    /// <summary>Reads the data.</summary>
    /// <exception cref="IOException">A file is missing or damaged; the message names the way out.</exception>
    internal abstract TrainingData Load(SettingsReader settings, DataRequest request);
}
