namespace Kappa.Lab.Experiments;

/// <summary>A figure or table of a paper, or a question that the paper leaves open: settings, independent pieces of work, and what follows from them.</summary>
/// <remarks>Derive from <see cref="Experiment{TSettings}"/>, one file for each figure or table, and name it in the catalog.</remarks>
public abstract class Experiment : Kind
{
    /// <summary>The paper, in lower case: <c>pathcond</c>, <c>curvature</c>, <c>isometry</c>.</summary>
    public abstract string Paper { get; }

    /// <summary>Why it cannot run on this machine, and the way out; null where it can.</summary>
    public virtual string? Unavailable => null;

    /// <summary>Whether its models can be on another device than the host.</summary>
    public virtual bool ComputesOnDevices => false;

    /// <summary><c>paper/name</c>.</summary>
    public sealed override string FullName => $"{Paper}/{Name}";

    /// <inheritdoc/>
    public sealed override string Noun => "experiment";

    /// <summary>The settings of a scale, every one spelt out.</summary>
    /// <param name="scale">The scale.</param>
    public abstract JsonObject Settings(ExperimentScale scale);

    /// <summary>The work that settings ask for.</summary>
    /// <param name="settings">As <see cref="Settings"/> gives them, with values changed.</param>
    /// <param name="choices">What settings may name.</param>
    /// <exception cref="ConfigException">A setting is unknown or has a value that it may not have.</exception>
    public abstract ExperimentPlan Plan(JsonObject settings, Choices choices);

    /// <summary>Settings whose paths are absolute.</summary>
    /// <param name="settings">As <see cref="Settings"/> gives them, with values changed.</param>
    /// <param name="folder">What paths are relative to.</param>
    /// <param name="choices">What settings may name.</param>
    /// <exception cref="ConfigException">A setting is unknown or has a value that it may not have.</exception>
    public abstract JsonObject Resolved(JsonObject settings, string folder, Choices choices);

    /// <summary>Reads settings strictly.</summary>
    /// <param name="settings">As <see cref="Settings"/> gives them, with values changed.</param>
    /// <param name="choices">What settings may name.</param>
    /// <returns>A record of the settings.</returns>
    /// <exception cref="ConfigException">A setting is unknown or has a value that it may not have.</exception>
    public abstract object Read(JsonObject settings, Choices choices);

    /// <summary>What <see cref="Unavailable"/> says of a data set; null where it is installed.</summary>
    /// <param name="package">The data set.</param>
    private protected static string? Missing(DataPackage package) => package.WhyMissing();
}
