namespace Kappa.Lab.Runs;

/// <summary>The folder of a run, kept to this process: what it may be used for, and what it was begun with.</summary>
/// <remarks>
/// <para><see cref="Open"/> locks the folder and says whether it may be used; <see cref="Begin"/> makes it a run, once data and model are known to be right.
/// Only then is a run that it held before replaced: the new one is made beside it, in a hidden folder, and takes its place by renaming. A process that is
/// killed at any moment leaves the old run or the new one, and what else it left is removed when the folder is opened again.</para>
/// <para><c>run.json</c> says which command writes here, the config, the data and the version. <c>config.json</c> is the config for readers, and may be edited
/// before a resume.</para>
/// </remarks>
public sealed class RunFolder : RunPart, IDisposable
{
    private const int Attempts = 5;
    private const int WaitMilliseconds = 50;

    private readonly RunRequest _request;
    private readonly List<string> _notes = [];
    private readonly RunLock _lock;
    private readonly RunReplacement? _replacement;
    private RunManifest? _manifest;

    private RunFolder(RunRequest request, string path, RunLock taken, RunManifest? manifest, RunReplacement? replacement)
        : base(path)
    {
        (_request, _lock, _manifest, _replacement) = (request, taken, manifest, replacement);
        if (!_lock.IsLocked())
            _notes.Add($"{Place}: its file system locks no files, so that nothing keeps a second process from writing here");
    }

    /// <summary>Where the run is, or will be once it takes the place of another.</summary>
    public string Place => _replacement?.Place ?? FolderPath;

    /// <summary>What the user should know of the folder, such as that it was begun by another version.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>Whether the folder holds the run, so that it can be resumed.</summary>
    public bool HasBegun => _manifest is not null;

    /// <summary>What the run was begun with, and how that was changed.</summary>
    public RunManifest Manifest => _manifest ?? throw new InvalidOperationException("the run has not begun");

    /// <summary>Locks the folder of a request; nothing in it changes yet but what a killed process left.</summary>
    /// <param name="request">What is wanted of it.</param>
    /// <exception cref="RunFolderException">It holds a run and the request does not say what to do with it, or another command's; there is none to resume; it
    /// holds other files;
    /// its config differs and the request does not amend it; or another process writes there.</exception>
    /// <exception cref="IOException">It cannot be read or written, or is damaged.</exception>
    public static RunFolder Open(RunRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return OpenNow(request);
            }
            catch (IOException error) when (error is FileNotFoundException or DirectoryNotFoundException && attempt < Attempts)
            {
                // Another process was replacing the folder at this moment.
                Thread.Sleep(WaitMilliseconds);
            }
        }
    }

    private static RunFolder OpenNow(RunRequest request)
    {
        string path = request.Path ?? RunPaths.Default(request.Name, request.Mode == RunFolderMode.Resume);
        RunReplacement.Restore(path);
        if (RunPaths.HoldsRun(path))
            return OpenRun(request, path);
        if (request.Mode == RunFolderMode.Resume)
            throw new RunFolderException(Nothing(request.Kind, path));
        RunPaths.RequireFree(path);
        var taken = RunLock.Take(path, path);
        if (RunPaths.HoldsRun(path))
        {
            // Who had the lock before has begun a run meanwhile.
            taken.Dispose();
            return OpenRun(request, path);
        }
        var folder = new RunFolder(request, path, taken, null, null);
        folder.RemoveLeftovers();
        folder.RemoveFile(RunPaths.TokenizerName);
        folder.RemoveFile(RunPaths.EncoderName);
        return folder;
    }

    /// <summary>What the folder of a run was begun with, without locking it.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="kind">The command that must have written it.</param>
    /// <exception cref="RunFolderException">It holds no such run.</exception>
    /// <exception cref="DamagedFileException">It is damaged.</exception>
    public static RunManifest Read(string path, string kind)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!RunPaths.HoldsRun(path))
            throw new RunFolderException(Nothing(kind, path));
        return OfKind(path, kind);
    }

    /// <summary>Makes the folder a run, or goes on with the one that it is.</summary>
    /// <param name="data">What was read, by name or path, and the SHA-256 of each.</param>
    /// <param name="step">The step at which a change of the config counts; the last checkpoint's.</param>
    /// <exception cref="RunFolderException">The data is not that which the run began with, and the request does not amend it.</exception>
    public void Begin(IReadOnlyDictionary<string, string> data, long step = 0)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (_manifest is { } manifest)
        {
            Continue(manifest, data, step);
            return;
        }
        _manifest = RunManifest.Begin(_request.Kind, _request.Config, data);
        // The manifest makes a folder a run: without the config beside it, it can be resumed.
        Write(RunManifest.FileName, _manifest.ToBytes());
        WriteConfig();
        if (_replacement is { } replacement)
        {
            replacement.Replace();
            FolderPath = replacement.Place;
            _lock.MovedTo(FolderPath);
        }
    }

    /// <summary>Gives the folder free. One that no run was begun in is removed.</summary>
    public void Dispose()
    {
        if (_manifest is null)
            RunReplacement.RemoveUnbegun(FolderPath);
        _lock.Dispose();
        _replacement?.Dispose();
    }

    private static RunFolder OpenRun(RunRequest request, string path)
    {
        var begun = OfKind(path, request.Kind);
        if (request.Mode == RunFolderMode.Fresh)
            throw new RunFolderException(Conflict(path, begun.DifferencesFrom(request.Config, null)));
        var taken = RunLock.Take(path, path);
        try
        {
            RunReplacement.CleanBeside(path);
            if (request.Mode == RunFolderMode.Force)
            {
                var replacement = new RunReplacement(path, taken);
                return new RunFolder(request, replacement.Stage, replacement.StageLock, null, replacement);
            }
            // Read again: who had the lock before may have changed it.
            var manifest = RunManifest.Read(path);
            if (!request.Amend && manifest.DifferencesFrom(request.Config, null) is { Count: > 0 } differences)
                throw new RunFolderException(Differs(path, differences));
            var folder = new RunFolder(request, path, taken, manifest, null);
            folder.RemoveLeftovers();
            return folder;
        }
        catch
        {
            taken.Dispose();
            throw;
        }
    }

    private void Continue(RunManifest manifest, IReadOnlyDictionary<string, string> data, long step)
    {
        var differences = manifest.DifferencesFrom(_request.Config, data);
        if (differences.Count > 0 && !_request.Amend)
            throw new RunFolderException(Differs(FolderPath, differences));
        if (CodeVersion.Current != manifest.Version)
            _notes.Add($"{FolderPath}: begun by version {manifest.Version} of Kappa, and goes on by {CodeVersion.Current}; the bits may differ");
        if (ComputeInstructions.DifferenceFrom(manifest.Instructions) is { } instructions)
            _notes.Add(instructions);
        if (differences.Count > 0)
        {
            _notes.Add($"{FolderPath}: goes on from step {step} with a change: {string.Join("; ", differences)}");
            _manifest = manifest with { Config = _request.Config, Data = data, Amendments = [.. manifest.Amendments, new Amendment(step, differences)] };
            WriteConfig();
            Write(RunManifest.FileName, _manifest.ToBytes());
        }
        else if (!Has(RunPaths.ConfigName))
        {
            WriteConfig();
        }
    }

    private void WriteConfig() => WriteText(RunPaths.ConfigName, _request.Config.ToJsonString(RunJson.Indented) + "\n");

    /// <summary>A folder of another command is refused whatever the request says; one whose manifest is damaged can only be somebody's to look at.</summary>
    private static RunManifest OfKind(string path, string kind)
    {
        var manifest = RunManifest.Read(path);
        return manifest.Kind == kind ? manifest : throw new RunFolderException(
            $"{path}: holds a run of kappa {manifest.Kind}, which kappa {kind} leaves alone. Give a folder of kappa {kind}, or choose another --out");
    }

    private static string Nothing(string kind, string path) =>
        $"{path}: there is no run of kappa {kind} here (no {RunManifest.FileName}). Give the folder that it wrote into";

    private static string Conflict(string path, IReadOnlyList<string> differences) => differences.Count == 0
        ? $"{path}: already holds this run. --resume continues it, --force starts it over, another --out leaves it alone"
        : $"{path}: already holds a run whose config differs:\n  {string.Join("\n  ", differences)}\n"
          + "It can be continued with the change by --resume --amend, or started over with --force; another --out leaves it alone";

    private static string Differs(string path, IReadOnlyList<string> differences) =>
        $"{path}: the run began with other settings or data than {RunPaths.ConfigName} gives now:\n  {string.Join("\n  ", differences)}\n"
        + "Put them back and resume, add --amend to go on with the change (the report will say where), or start a new run in another folder";
}
