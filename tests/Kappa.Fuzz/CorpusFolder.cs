using System.Security.Cryptography;

namespace Kappa.Fuzz;

/// <summary>The committed inputs of a reader: valid ones to begin with, and each that was once at fault.</summary>
internal static class CorpusFolder
{
    private const string FoundPrefix = "found-";

    /// <summary>The folder of the project in the sources.</summary>
    internal static string Project { get; } = Find();

    /// <summary>The inputs of a target, by name.</summary>
    internal static IReadOnlyList<(string Name, byte[] Bytes)> Of(FuzzTarget target) => !Directory.Exists(PathOf(target)) ? [] :
    [
        .. Directory.EnumerateFiles(PathOf(target)).Order(StringComparer.Ordinal).Select(file => (Path.GetFileName(file), File.ReadAllBytes(file))),
    ];

    /// <summary>Writes the seeds that are not there.</summary>
    /// <returns>How many were written.</returns>
    internal static int WriteSeeds(FuzzTarget target)
    {
        int written = 0;
        foreach (var (name, bytes) in target.Seeds().Where(seed => !File.Exists(Path.Combine(PathOf(target), seed.Name))))
        {
            _ = Directory.CreateDirectory(PathOf(target));
            File.WriteAllBytes(Path.Combine(PathOf(target), name), bytes);
            written++;
        }
        return written;
    }

    /// <summary>Keeps an input that was at fault.</summary>
    /// <returns>Its path.</returns>
    internal static string Keep(FuzzTarget target, byte[] bytes)
    {
        string path = Path.Combine(PathOf(target), FoundPrefix + Convert.ToHexStringLower(SHA256.HashData(bytes))[..12]);
        _ = Directory.CreateDirectory(PathOf(target));
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private static string PathOf(FuzzTarget target) => Path.Combine(Project, "Corpus", target.Name);

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Kappa.Fuzz.csproj")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException($"Kappa.Fuzz.csproj was not found above {AppContext.BaseDirectory}");
    }
}
