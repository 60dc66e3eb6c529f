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
        string folder = Path.Combine(Repository(), project);
        var stray = new List<string>();
        int files = 0;
        foreach (string file in Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            string[] path = Path.GetRelativePath(folder, file).Split(Path.DirectorySeparatorChar);
            if (path[0] is "bin" or "obj")
                continue;
            files++;
            string expected = string.Join('.', path.SkipLast(1).Prepend(root));
            foreach (string found in Namespaces().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value).Where(found => found != expected))
                stray.Add($"{string.Join('/', path)}: expected the namespace {expected}, got {found}");
        }

        Assert.NotEqual(0, files);
        return stray;
    }

    private static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Kappa.slnx")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException($"Kappa.slnx was not found above {AppContext.BaseDirectory}");
    }

    [GeneratedRegex(@"^namespace\s+([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex Namespaces();
}
