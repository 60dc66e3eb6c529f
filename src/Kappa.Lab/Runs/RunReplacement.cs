namespace Kappa.Lab.Runs;

/// <summary>A run that takes the place of another, which is locked: made beside it, in a hidden folder, until it can stand.</summary>
internal sealed class RunReplacement(string path, RunLock lockOfOld) : IDisposable
{
    /// <summary>Where the old run is, and the new one will be.</summary>
    internal string Place => path;

    /// <summary>Where the new run is made.</summary>
    internal string Stage { get; } = StageOf(path);

    /// <summary>The lock on it, which moves along.</summary>
    internal RunLock StageLock { get; } = RunLock.Take(StageOf(path), path);

    /// <summary>Puts the new run in the place of the old one, which is removed.</summary>
    internal void Replace()
    {
        if (FolderExchange.TryExchange(Stage, path))
        {
            lockOfOld.MovedTo(Stage);
            Finish(Stage, path);
            return;
        }
        string old = OldOf(path);
        Directory.Move(path, old);
        lockOfOld.MovedTo(old);
        try
        {
            Directory.Move(Stage, path);
        }
        catch
        {
            Directory.Move(old, path);
            lockOfOld.MovedTo(path);
            throw;
        }
        Finish(old, path);
    }

    /// <summary>Puts an old run back whose place a killed process had not taken yet.</summary>
    /// <exception cref="RunFolderException">A process is replacing the run right now.</exception>
    internal static void Restore(string path)
    {
        string old = OldOf(path);
        if (RunPaths.HoldsRun(path) || !Directory.Exists(old))
            return;
        using var taken = RunLock.TakeExisting(old, path);
        if (taken is null || RunPaths.HoldsRun(path) || !RunPaths.HoldsRun(old))
            return;
        RemoveUnbegun(path);
        Directory.Move(old, path);
        taken.MovedTo(path);
    }

    /// <summary>Removes what a killed process left beside a run: the old one, or a new one that does not stand. Whoever has the run's lock may.</summary>
    internal static void CleanBeside(string path)
    {
        foreach (string beside in new[] { OldOf(path), StageOf(path) }.Where(Directory.Exists))
            Finish(beside, path);
    }

    /// <summary>Removes a folder in which no run was begun, where nothing of anybody else is in it.</summary>
    internal static void RemoveUnbegun(string path)
    {
        if (!Directory.Exists(path) || !Directory.EnumerateFileSystemEntries(path).All(RunPaths.IsLeftOver))
            return;
        try
        {
            Directory.Delete(path, recursive: true);
        }
        catch (IOException)
        {
            // Work that was left behind still writes there; a folder of what is left over may be taken by anybody.
        }
    }

    public void Dispose() => lockOfOld.Dispose();

    /// <summary>Removes an old run whose place is taken; what somebody else put there moves along.</summary>
    private static void Finish(string old, string path)
    {
        foreach (string entry in Directory.GetFileSystemEntries(old).Where(entry => !RunPaths.IsOfRun(entry)))
        {
            string place = Path.Combine(path, Path.GetFileName(entry));
            if (!Path.Exists(place))
                Directory.Move(entry, place);
        }
        Delete(old);
    }

    /// <summary>Removes a folder that is locked: the lock last, so that no other process takes it while something is left to remove.</summary>
    private static void Delete(string folder)
    {
        foreach (string entry in Directory.GetFileSystemEntries(folder).Where(entry => Path.GetFileName(entry) != RunLock.FileName))
            RunPaths.Remove(entry);
        try
        {
            File.Delete(Path.Combine(folder, RunLock.FileName));
            Directory.Delete(folder);
        }
        catch (IOException)
        {
            // Another process looks in at this moment; it removes the empty folder.
        }
    }

    private static string StageOf(string path) => Beside(path, ".kappa-new");

    private static string OldOf(string path) => Beside(path, ".kappa-old");

    private static string Beside(string path, string suffix)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        return Path.Combine(Path.GetDirectoryName(full) ?? full, $".{Path.GetFileName(full)}{suffix}");
    }
}
