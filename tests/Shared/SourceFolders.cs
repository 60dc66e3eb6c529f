using System.Text.RegularExpressions;

namespace Kappa.Tests.Shared;

/// <summary>The source files of a project.</summary>
internal static partial class SourceFolders
{
    /// <summary>A line for each file whose namespace is not the one of its folder.</summary>
    /// <param name="project">The folder of the project, from the root of the repository.</param>
    /// <param name="root">The namespace of files in that folder itself.</param>
    internal static IReadOnlyList<string> StrayNamespaces(string project, string root)
    {
        var stray = new List<string>();
        foreach (var (path, text) in Files(project))
        {
            string expected = string.Join('.', path.Split('/').SkipLast(1).Prepend(root));
            foreach (string found in Namespaces().Matches(text).Select(match => match.Groups[1].Value).Where(found => found != expected))
                stray.Add($"{path}: expected the namespace {expected}, got {found}");
        }

        return stray;
    }

    /// <summary>A line for each line of a file that is longer than allowed.</summary>
    /// <param name="project">The folder of the project, from the root of the repository.</param>
    /// <param name="most">The characters that a line may have.</param>
    internal static IReadOnlyList<string> LongLines(string project, int most) =>
    [
        .. from file in Files(project)
           from line in file.Text.Split('\n').Index()
           where line.Item.TrimEnd('\r').Length > most
           select $"{file.Path}({line.Index + 1}): {line.Item.Length} characters",
    ];

    /// <summary>The files of a project, by their path in it, and what they say.</summary>
    private static IEnumerable<(string Path, string Text)> Files(string project)
    {
        string folder = Path.Combine(Repository(), project);
        int files = 0;
        foreach (string file in Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            string path = Path.GetRelativePath(folder, file).Replace(Path.DirectorySeparatorChar, '/');
            if (path.StartsWith("bin/", StringComparison.Ordinal) || path.StartsWith("obj/", StringComparison.Ordinal))
                continue;
            files++;
            yield return (path, File.ReadAllText(file));
        }

        Assert.NotEqual(0, files);
    }

    /// <summary>The folder of the repository that these tests were built from.</summary>
    internal static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Kappa.slnx")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException($"Kappa.slnx was not found above {AppContext.BaseDirectory}");
    }

    [GeneratedRegex(@"^namespace\s+([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex Namespaces();
}
