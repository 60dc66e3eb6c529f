using System.Globalization;

namespace Kappa.Checkpoints;

/// <summary>The names under which checkpoints lie in their folder, and what a process that was killed leaves there.</summary>
internal static class CheckpointFolders
{
    private const string Prefix = "step-";
    private const string TemporarySuffix = ".kappa-tmp";
    private const string ReplacedSuffix = ".kappa-replaced";

    internal static string PathOf(string root, long step) => Path.Combine(root, Prefix + step.ToString("D8", CultureInfo.InvariantCulture));

    internal static string TemporaryFor(string folder) => Hidden(folder, TemporarySuffix);

    /// <summary>The checkpoints of a folder, the earliest first.</summary>
    internal static List<(long Step, string Path)> List(string root)
    {
        var result = new List<(long Step, string Path)>();
        if (!Directory.Exists(root))
            return result;
        foreach (string folder in Directory.EnumerateDirectories(root, Prefix + "*"))
        {
            string digits = Path.GetFileName(folder)[Prefix.Length..];
            if (long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long step) && folder == PathOf(root, step))
                result.Add((step, folder));
        }

        result.Sort();
        return result;
    }

    /// <summary>Gives a finished folder its name. One that has the name already is replaced.</summary>
    internal static void Publish(string temporary, string folder)
    {
        string replaced = Hidden(folder, ReplacedSuffix);
        bool replaces = Directory.Exists(folder);
        if (replaces)
            Directory.Move(folder, replaced);
        try
        {
            Directory.Move(temporary, folder);
        }
        catch (Exception error) when (replaces && error is IOException or UnauthorizedAccessException)
        {
            Directory.Move(replaced, folder);
            throw;
        }

        if (replaces)
            Remove(replaced);
    }

    /// <summary>Puts back a checkpoint whose replacement was cut short.</summary>
    internal static void Recover(string root)
    {
        if (!Directory.Exists(root))
            return;
        foreach (string replaced in Directory.EnumerateDirectories(root, $".{Prefix}*{ReplacedSuffix}").ToArray())
        {
            string folder = Path.Combine(root, Path.GetFileName(replaced)[1..^ReplacedSuffix.Length]);
            if (Directory.Exists(folder))
                Remove(replaced);
            else
                Directory.Move(replaced, folder);
        }
    }

    /// <summary>Removes what was being written, or deleted, when a process was killed.</summary>
    internal static void RemoveTemporaries(string root)
    {
        foreach (string temporary in Directory.EnumerateDirectories(root, $".{Prefix}*{TemporarySuffix}").ToArray())
            Remove(temporary);
    }

    /// <summary>Deletes a checkpoint so that, killed half-way, it does not look like one.</summary>
    internal static void Delete(string folder)
    {
        string temporary = TemporaryFor(folder);
        Remove(temporary);
        Directory.Move(folder, temporary);
        Remove(temporary);
    }

    internal static void Remove(string folder)
    {
        try
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Its name tells that it is no checkpoint, and the next save tries again.
        }
    }

    private static string Hidden(string folder, string suffix) =>
        Path.Combine(Path.GetDirectoryName(folder)!, $".{Path.GetFileName(folder)}{suffix}");
}
