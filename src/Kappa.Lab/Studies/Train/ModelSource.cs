namespace Kappa.Lab.Studies.Train;

/// <summary>Where a model came from.</summary>
/// <param name="Name">The name of its run, or of its file.</param>
/// <param name="Origin">The checkpoint or the file that it was read from.</param>
/// <param name="NetworkName">What kind of model it is.</param>
/// <param name="DataName">Its data set.</param>
/// <param name="Config">What it was trained by, or described by, as JSON.</param>
public sealed record ModelSource(string Name, string Origin, string NetworkName, string DataName, string Config)
{
    /// <summary>The folder of its run; null for a file of weights.</summary>
    public string? RunFolder { get; init; }

    /// <summary>The optimizer's steps until then; null where nobody counted.</summary>
    public long? Step { get; init; }

    /// <summary>What was loaded from where, of a file of weights.</summary>
    public ImportReport? Import { get; init; }

    /// <summary>Where findings about the model go that are to go nowhere else: into its run, or beside its file.</summary>
    /// <param name="name">The folder, such as <c>probe</c>.</param>
    /// <param name="mark">A file that the command writes there, by which it knows its own folder.</param>
    /// <exception cref="RunFolderException">Beside the file is a folder of that name with files of somebody else.</exception>
    public RunPart FindingsFolder(string name, string mark) => RunFolder is { } run
        ? new RunPart(run).Part(name)
        : RunPart.ForFindings(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(Origin))!, $"{Name}-{name}"), mark);
}
