namespace Kappa.Lab.Runs;

/// <summary>What somebody wants of a run's folder.</summary>
/// <param name="Kind">The command, such as <c>train</c>.</param>
/// <param name="Name">The run's name, from which a folder is made where none is given.</param>
/// <param name="Config">The config, every default spelt out.</param>
public sealed record RunRequest(string Kind, string Name, JsonObject Config)
{
    /// <summary>The folder; null for <c>runs/name-n</c> with the first free n or, to resume, the last one there is.</summary>
    public string? Path { get; init; }

    /// <summary>What to do where there is a run already.</summary>
    public RunFolderMode Mode { get; init; }

    /// <summary>Whether a run that is resumed goes on with a config or data that differ from those it began with.</summary>
    public bool Amend { get; init; }
}
