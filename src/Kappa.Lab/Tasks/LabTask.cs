namespace Kappa.Lab.Tasks;

/// <summary>A kind of task: data to train on, and a way to deploy the trained model. Prepared once, then shared by all runs of a comparison.</summary>
public abstract class LabTask : Kind
{
    /// <inheritdoc/>
    public sealed override string Noun => "task";

    /// <summary>Why the task cannot run on this machine and the command that mends it; null when it can.</summary>
    public virtual string? Unavailable => null;

    /// <summary>Makes paths absolute, which in a config are relative to its own folder.</summary>
    internal virtual object Resolved(object settings, string folder) => settings;

    /// <summary>Builds what all runs share (experts, demonstrations, evaluation starts), and checks it.</summary>
    /// <param name="settings">A record of the task's settings, as a config's <see cref="Choice{TKind}"/> holds it.</param>
    /// <param name="progress">Takes the share done, 0 to 1; may be null.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <returns>The task, safe to use from several threads at once.</returns>
    /// <exception cref="ConfigException">The settings ask for what cannot be built.</exception>
    public PreparedTask Prepare(object settings, IProgress<double>? progress, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return PrepareCore(settings, progress, cancellation);
    }

    /// <summary>Reads settings and prepares.</summary>
    /// <param name="settings">A JSON object with some of the settings; null for all defaults.</param>
    /// <param name="progress">Takes the share done, 0 to 1; may be null.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <exception cref="ConfigException">A setting is unknown or out of range.</exception>
    public PreparedTask Prepare(JsonElement? settings, IProgress<double>? progress, CancellationToken cancellation) =>
        Prepare(SettingsType.Read(settings, "task", Choices.None), progress, cancellation);

    /// <summary>Does what <see cref="Prepare(object, IProgress{double}?, CancellationToken)"/> says.</summary>
    /// <param name="settings">A record of the task's settings.</param>
    /// <param name="progress">Takes the share done, 0 to 1; may be null.</param>
    /// <param name="cancellation">Stops the work.</param>
    protected abstract PreparedTask PrepareCore(object settings, IProgress<double>? progress, CancellationToken cancellation);
}
