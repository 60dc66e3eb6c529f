namespace Kappa.Docs.Tests;

/// <summary>A block of C# in a page.</summary>
/// <param name="Page">The page, from the root of the repository.</param>
/// <param name="Line">Where the block begins.</param>
/// <param name="Code">What it says; lines of three dots are left out.</param>
public sealed record Snippet(string Page, int Line, string Code)
{
    /// <summary>Every block of every page.</summary>
    public static IReadOnlyList<Snippet> All { get; } = [.. Pages().SelectMany(Of)];

    /// <summary>The pages: the README of the repository, those of the packages, and docs.</summary>
    public static IReadOnlyList<string> Pages()
    {
        string root = Kappa.Lab.Tests.Studies.Train.Repository.Root();
        string[] sources = Directory.GetDirectories(Path.Combine(root, "src"));
        return
        [
            .. Directory.GetFiles(root, "*.md").Where(path => Path.GetFileName(path) != "CHANGELOG.md")
                .Concat(sources.Select(folder => Path.Combine(folder, "README.md")).Where(File.Exists))
                .Concat(Directory.GetFiles(Path.Combine(root, "docs"), "*.md", SearchOption.AllDirectories))
                .Select(path => Path.GetRelativePath(root, path).Replace('\\', '/')).Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>The lines of a page.</summary>
    /// <param name="page">The page, from the root of the repository.</param>
    public static string[] LinesOf(string page) =>
        File.ReadAllText(Path.Combine(Kappa.Lab.Tests.Studies.Train.Repository.Root(), page)).ReplaceLineEndings("\n").Split('\n');

    private static IEnumerable<Snippet> Of(string page)
    {
        string[] lines = LinesOf(page);
        for (int i = 0; i < lines.Length; i++)
        {
            if (lines[i] != "```csharp")
                continue;
            int end = Array.IndexOf(lines, "```", i);
            yield return new Snippet(page, i + 1, string.Join('\n', lines[(i + 1)..end].Where(line => line.Trim() != "...")));
            i = end;
        }
    }
}
