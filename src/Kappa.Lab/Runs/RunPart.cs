namespace Kappa.Lab.Runs;

/// <summary>A part of a run's folder, such as one trial: the only way in which the lab writes into it. Files come whole or not at all.</summary>
public class RunPart
{
    private const string Hidden = ".";

    // A result of the longest experiment has some MB.
    private const int LargestFile = 1 << 28;

    /// <summary>Names a folder; nothing is read or written yet.</summary>
    /// <param name="path">The folder.</param>
    public RunPart(string path) => FolderPath = path;

    /// <summary>A folder for what a command found, which may be made anew at any time.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="mark">A file that the command writes there, by which it knows its own folder.</param>
    /// <exception cref="RunFolderException">It holds a run, or files of somebody else.</exception>
    public static RunPart ForFindings(string path, string mark)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (RunPaths.HoldsRun(path))
            throw new RunFolderException(
                $"{path}: holds a run of kappa {RunManifest.Read(path).Kind}, whose report would be overwritten. Choose another --out");
        if (!File.Exists(Path.Combine(path, mark)))
            RunPaths.RequireFree(path);
        return new RunPart(path);
    }

    /// <summary>The folder.</summary>
    public string FolderPath { get; private protected set; }

    /// <summary>The path of a file or folder in it.</summary>
    /// <param name="name">Its name, with <c>/</c> between folders.</param>
    public string PathOf(string name) => Path.Combine(FolderPath, name.Replace('/', Path.DirectorySeparatorChar));

    /// <summary>A folder in it, which need not exist.</summary>
    /// <param name="name">Its name.</param>
    public RunPart Part(string name) => new(PathOf(name));

    /// <summary>Whether a file or folder is there.</summary>
    /// <param name="name">Its name.</param>
    public bool Has(string name) => Path.Exists(PathOf(name));

    /// <summary>Writes a file whole or not at all.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="text">Its text.</param>
    /// <exception cref="IOException">It cannot be written; what was there is intact.</exception>
    public void WriteText(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    /// <summary>Writes a file whole or not at all, as its lines come, without keeping them.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="lines">Its lines, each with its end. What they throw is thrown, and what was there is intact.</param>
    /// <exception cref="IOException">It cannot be written; what was there is intact.</exception>
    public void WriteLines(string name, IEnumerable<string> lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        System.Runtime.ExceptionServices.ExceptionDispatchInfo? failed = null;
        string path = PathOf(name);
        _ = Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var each = lines.GetEnumerator();
        try
        {
            AtomicFile.Write(path, stream =>
            {
                using var writer = new StreamWriter(stream, leaveOpen: true);
                while (MoveNext())
                    writer.Write(each.Current);
            });
        }
        catch (OperationCanceledException) when (failed is not null)
        {
            failed.Throw();
        }

        // What the lines fail at is no failure to write.
        bool MoveNext()
        {
            try
            {
                return each.MoveNext();
            }
            catch (Exception error)
            {
                failed = System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(error);
                throw new OperationCanceledException("the lines failed", error);
            }
        }
    }

    /// <summary>Writes JSON that carries its own hash.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">The fields.</param>
    /// <exception cref="IOException">It cannot be written; what was there is intact.</exception>
    public void WriteSealed(string name, JsonObject value) => Write(name, SealedJson.Seal(value, indented: false));

    /// <summary>Writes a record as JSON that carries its own hash.</summary>
    internal void WriteSealed<T>(string name, T value)
        where T : class => WriteSealed(name, JsonSerializer.SerializeToNode(value, RunJson.Exact)!.AsObject());

    /// <summary>Reads what <see cref="WriteSealed(string, JsonObject)"/> wrote.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="whatThen">What happens where the file is deleted, as the end of a sentence that begins so, such as <c>the trial is trained
    /// again</c>.</param>
    /// <returns>The fields; null where there is no such file.</returns>
    /// <exception cref="DamagedFileException">The file is not as it was written.</exception>
    public JsonObject? ReadSealed(string name, string whatThen)
    {
        string path = PathOf(name);
        if (!File.Exists(path))
            return null;
        try
        {
            return SealedJson.Open(BoundedFile.ReadAllBytes(path, LargestFile));
        }
        catch (JsonException error)
        {
            throw new DamagedFileException(path, $"it is damaged: {error.Message}", $"Delete it and resume: {whatThen}", error);
        }
    }

    /// <summary>Reads what <see cref="WriteSealed{T}"/> wrote.</summary>
    /// <exception cref="DamagedFileException">The file is not as it was written, or another version of Kappa wrote other fields.</exception>
    internal T? ReadSealed<T>(string name, string whatThen)
        where T : class
    {
        try
        {
            return ReadSealed(name, whatThen)?.Deserialize<T>(RunJson.Whole);
        }
        catch (JsonException error)
        {
            throw new DamagedFileException(
                PathOf(name), $"expected the fields that this version of Kappa writes: {error.Message}", $"Delete it and resume: {whatThen}", error);
        }
    }

    /// <summary>Removes the folders in it but some; the names are those that stay.</summary>
    internal void RemoveOthers(IReadOnlySet<string> names)
    {
        if (!Directory.Exists(FolderPath))
            return;
        foreach (string name in Directory.GetDirectories(FolderPath).Select(folder => Path.GetFileName(folder)).Where(name => !names.Contains(name)))
            Part(name).Remove();
    }

    /// <summary>Its checkpoints, of which so many are kept.</summary>
    internal RunCheckpoints Checkpoints(int keep, string name = "checkpoints", bool isWritten = true) => new(PathOf(name), keep, isWritten);

    /// <summary>Removes the part so that, killed half-way, nothing looks like it. Nothing happens where it is not there.</summary>
    internal void Remove()
    {
        if (!Directory.Exists(FolderPath))
            return;
        string hidden = Path.Combine(Path.GetDirectoryName(FolderPath)!, $"{Hidden}{Path.GetFileName(FolderPath)}{RunPaths.TemporarySuffix}");
        if (Directory.Exists(hidden))
            Directory.Delete(hidden, recursive: true);
        Directory.Move(FolderPath, hidden);
        Directory.Delete(hidden, recursive: true);
    }

    /// <summary>Removes a file. Nothing happens where it is not there.</summary>
    internal void RemoveFile(string name) => File.Delete(PathOf(name));

    internal RunPart Made()
    {
        _ = Directory.CreateDirectory(FolderPath);
        return this;
    }

    /// <summary>Removes what a killed process left half-written, here and in every folder below.</summary>
    internal void RemoveLeftovers()
    {
        if (!Directory.Exists(FolderPath))
            return;
        foreach (string entry in Directory.GetFileSystemEntries(FolderPath))
        {
            if (entry.EndsWith(RunPaths.TemporarySuffix, StringComparison.Ordinal))
                RunPaths.Remove(entry);
            else
                new RunPart(entry).RemoveLeftovers();
        }
    }

    /// <summary>Writes a file whole or not at all.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="bytes">Its bytes.</param>
    /// <exception cref="IOException">It cannot be written; what was there is intact.</exception>
    public void Write(string name, byte[] bytes)
    {
        string path = PathOf(name);
        _ = Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        AtomicFile.Write(path, stream => stream.Write(bytes));
    }
}
