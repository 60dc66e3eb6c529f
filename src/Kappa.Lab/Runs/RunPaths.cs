using System.Globalization;
using Kappa.Lab.Studies.Compare;

namespace Kappa.Lab.Runs;

/// <summary>Where runs lie, and what a folder must be to take one.</summary>
internal static class RunPaths
{
    internal const string ConfigName = "config.json";

    /// <summary><c>runs/name-n</c> with the first free n, or the last one there is.</summary>
    internal static string Default(string name, bool last)
    {
        string slug = Trial.Slug(name);
        int number = 1;
        while (Directory.Exists(PathOf(slug, number)))
            number++;
        return PathOf(slug, last ? Math.Max(1, number - 1) : number);
    }

    /// <summary>Whether a folder holds a run; false where it does not exist or is empty.</summary>
    /// <exception cref="RunFolderException">It is a file, or holds other files than a run's.</exception>
    internal static bool HoldsRun(string folder)
    {
        if (File.Exists(folder))
            throw new RunFolderException($"{folder}: expected a folder; it is a file. Choose another --out");
        // A process that was killed while it wrote the config has left a temporary file and nothing else.
        if (!Directory.Exists(folder) || Directory.EnumerateFileSystemEntries(folder).All(entry => entry.EndsWith(".kappa-tmp", StringComparison.Ordinal)))
            return false;
        return File.Exists(Path.Combine(folder, ConfigName))
            ? true
            : throw new RunFolderException($"{folder}: holds files, but no run (no {ConfigName}). Choose another --out, or an empty folder");
    }

    /// <summary>Whether a folder that somebody names as a run's is one.</summary>
    internal static bool IsRun(string folder) => File.Exists(Path.Combine(folder, ConfigName));

    private static string PathOf(string slug, int number) =>
        Path.Combine("runs", string.Create(CultureInfo.InvariantCulture, $"{slug}-{number}"));
}
