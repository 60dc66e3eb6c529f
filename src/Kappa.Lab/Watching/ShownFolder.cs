namespace Kappa.Lab.Watching;

/// <summary>A folder that is shown to a browser and never written to. Nothing outside of it is reached: names that lead up or are hidden are not looked up, and
/// links are not followed.</summary>
public sealed class ShownFolder
{
    private static readonly char[] Forbidden = Path.GetInvalidFileNameChars();

    /// <summary>Names a folder.</summary>
    /// <param name="path">The folder; it may itself be a link.</param>
    /// <exception cref="RunFolderException">There is no such folder.</exception>
    public ShownFolder(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!Directory.Exists(path))
        {
            throw new RunFolderException(File.Exists(path)
                ? $"{path}: expected a folder with runs in it; it is a file. Give the folder that it is in"
                : $"{path}: there is no such folder. Give one with runs in it, or begin a run first: kappa train and the others write into runs/");
        }
        FullPath = Path.GetFullPath(path);
    }

    /// <summary>Where it is.</summary>
    public string FullPath { get; }

    /// <summary>The path of a folder in it; null where there is none that may be shown.</summary>
    /// <param name="place">Relative, with <c>/</c> between names; empty for the whole.</param>
    internal string? Find(string place)
    {
        string path = FullPath;
        foreach (string name in place.Length == 0 ? [] : place.Split('/'))
        {
            path = Path.Combine(path, name);
            if (name.Length == 0 || name[0] == '.' || name.IndexOfAny(Forbidden) >= 0 || Path.GetFileName(Path.GetFullPath(path)) != name || !HasFolder(path))
                return null;
        }
        return Directory.Exists(path) ? path : null;
    }

    /// <summary>The folders in one that may be shown, in the order of their names.</summary>
    internal static IEnumerable<string> FoldersIn(string folder) => In(folder, Directory.EnumerateDirectories);

    /// <summary>The files in one that may be shown, in the order of their names.</summary>
    internal static IEnumerable<string> FilesIn(string folder) => In(folder, Directory.EnumerateFiles);

    /// <summary>Whether a file is there that has something in it and is no link. What has no length, as a pipe, is none, since to open it may take for
    /// ever.</summary>
    internal static bool HasFile(string path)
    {
        var file = new FileInfo(path);
        return file is { Exists: true, Length: > 0 } && !file.Attributes.HasFlag(FileAttributes.ReparsePoint);
    }

    /// <summary>Whether a folder is there that is no link.</summary>
    internal static bool HasFolder(string path)
    {
        var folder = new DirectoryInfo(path);
        return folder.Exists && !folder.Attributes.HasFlag(FileAttributes.ReparsePoint);
    }

    private static IEnumerable<string> In(string folder, Func<string, string, EnumerationOptions, IEnumerable<string>> list) =>
        list(folder, "*", new EnumerationOptions { AttributesToSkip = FileAttributes.ReparsePoint | FileAttributes.Hidden, IgnoreInaccessible = true })
            .Order(StringComparer.Ordinal);
}
