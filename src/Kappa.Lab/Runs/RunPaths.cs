using System.Text.RegularExpressions;

namespace Kappa.Lab.Runs;

/// <summary>Where runs lie, and what a folder must be to take one.</summary>
internal static class RunPaths
{
    internal const string ConfigName = "config.json";
    internal const string TokenizerName = "tokenizer.json";
    internal const string BestName = "best";
    internal const string EncoderName = "encoder.json";
    internal const string TemporarySuffix = ".kappa-tmp";

    private static readonly string[] OwnNames =
    [
        RunManifest.FileName, ConfigName, TokenizerName, "metrics.jsonl", "result.json", "summary.json", "report.html", "report.json", "checkpoints",
        BestName, EncoderName, EventRecords.FileName, "trials",
        "cells", "prepared", "work", "probe", "diagnosis",
    ];

    /// <summary><c>runs/name-n</c> with the first free n, or the last one there is.</summary>
    internal static string Default(string name, bool last)
    {
        string slug = Slug(name);
        int number = 1;
        while (Directory.Exists(PathOf(slug, number)))
            number++;
        return PathOf(slug, last ? Math.Max(1, number - 1) : number);
    }

    /// <summary>A name as a part of a file name: letters, digits and hyphens.</summary>
    internal static string Slug(string name) => Regex.Replace(name.ToLowerInvariant(), "[^a-z0-9]+", "-").Trim('-');

    /// <summary>Removes a file, or a folder with all that is in it.</summary>
    internal static void Remove(string entry)
    {
        if (Directory.Exists(entry))
            Directory.Delete(entry, recursive: true);
        else
            File.Delete(entry);
    }

    /// <summary>Whether a folder holds a run of any kind.</summary>
    internal static bool HoldsRun(string folder) => File.Exists(RunManifest.PathIn(folder));

    /// <summary>Refuses what a run cannot be made in: a file, or a folder with files that are not Kappa's.</summary>
    /// <exception cref="RunFolderException">It is such a place.</exception>
    internal static void RequireFree(string folder)
    {
        if (File.Exists(folder))
            throw new RunFolderException($"{folder}: expected a folder; it is a file. Choose another --out");
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any(entry => !IsLeftOver(entry)))
            throw new RunFolderException($"{folder}: holds files, but no run (no {RunManifest.FileName}). Choose another --out, or an empty folder");
    }

    /// <summary>Whether a file is what a process that was killed before its run began may have left.</summary>
    internal static bool IsLeftOver(string entry) =>
        RunLock.IsOwn(entry) || entry.EndsWith(TemporarySuffix, StringComparison.Ordinal)
        || (Path.GetFileName(entry) is TokenizerName or ConfigName && File.Exists(Path.Combine(Path.GetDirectoryName(entry)!, RunLock.FileName)));

    /// <summary>Whether a file or folder of a run is what some command of Kappa writes; the rest is somebody else's.</summary>
    internal static bool IsOfRun(string entry) => IsLeftOver(entry) || OwnNames.Contains(Path.GetFileName(entry));

    private static string PathOf(string slug, int number) => Path.Combine("runs", string.Create(CultureInfo.InvariantCulture, $"{slug}-{number}"));
}
