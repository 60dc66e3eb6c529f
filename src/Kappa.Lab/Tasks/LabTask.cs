using System.Text.Json;
using Kappa.Lab.Settings;

namespace Kappa.Lab.Tasks;

/// <summary>A kind of task: data to train on, and a way to deploy the trained model. Prepared once, then shared by all runs of a comparison.</summary>
public abstract class LabTask
{
    /// <summary>What a config calls it, such as <c>linear-control</c>.</summary>
    public abstract string Name { get; }

    /// <summary>One sentence for <c>kappa tasks</c>.</summary>
    public abstract string Summary { get; }

    /// <summary>The settings that a config may give, with defaults.</summary>
    public abstract IReadOnlyList<SettingDescription> Settings { get; }

    /// <summary>Why the task cannot run on this machine and the command that mends it; null when it can.</summary>
    public virtual string? Unavailable => null;

    /// <summary>Reads settings, builds what all runs share (experts, demonstrations, evaluation starts), and checks it.</summary>
    /// <param name="settings">A JSON object with some of <see cref="Settings"/>, or null for all defaults.</param>
    /// <param name="progress">Takes the share done, 0 to 1; may be null.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <returns>The task, safe to use from several threads at once.</returns>
    /// <exception cref="ConfigException">A setting is unknown or out of range.</exception>
    public abstract PreparedTask Prepare(JsonElement? settings, IProgress<double>? progress, CancellationToken cancellation);
}
