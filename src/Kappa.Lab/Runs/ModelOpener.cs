namespace Kappa.Lab.Runs;

/// <summary>Finds the checkpoint that a path means: that of a run's folder, whose best one is taken where it keeps that and else the last one, or one of
/// its checkpoints.</summary>
internal sealed class ModelOpener
{
    private const string StateFile = "state.json";
    private readonly string _path;
    private readonly bool _isCheckpoint;

    /// <summary>Finds the run of a path such as <c>runs/first-1</c> or <c>runs/first-1/checkpoints/step-00001000</c>.</summary>
    /// <exception cref="RunFolderException">There is no training run.</exception>
    /// <exception cref="DamagedFileException">What it was begun with is damaged.</exception>
    internal ModelOpener(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!Directory.Exists(path))
            throw new RunFolderException($"{path}: there is no such folder. Give the folder of a run of kappa train, or one of its checkpoints");
        _path = path;
        _isCheckpoint = File.Exists(Path.Combine(path, StateFile));
        Run = new RunPart(_isCheckpoint ? Path.GetFullPath(Path.Combine(path, "..", "..")) : path);
        Manifest = RunFolder.Read(Run.FolderPath, "train");
    }

    internal RunPart Run { get; }

    internal RunManifest Manifest { get; }

    /// <summary>The path of a file of the run that its results depend on, checked against the hash that was written down.</summary>
    /// <exception cref="DamagedFileException">It is missing, or another one.</exception>
    internal string Checked(string name)
    {
        string path = Run.PathOf(name);
        if (!File.Exists(path))
            throw new DamagedFileException(path, "it is missing", "Put it back, or train again");
        string got = FileHash.Of(path);
        return !Manifest.Data.TryGetValue(name, out string? expected) || got == expected
            ? path
            : throw new DamagedFileException(path, $"its SHA-256 is {got}, and the run was begun with {expected}", "Put it back from a copy, or train again");
    }

    /// <summary>Reads the weights into a model.</summary>
    /// <exception cref="RunFolderException">There is none yet.</exception>
    /// <exception cref="CheckpointException">It is damaged.</exception>
    internal Checkpoint Load(Module model) =>
        (_isCheckpoint ? Checkpoint.Load(_path, model, null)
            : Checkpoint.LoadLatest(Run.PathOf(RunPaths.BestName), model, null) ?? Checkpoint.LoadLatest(Run.PathOf("checkpoints"), model, null))
        ?? throw new RunFolderException($"{_path}: there is no checkpoint yet. Let the run go on to its first one");
}
