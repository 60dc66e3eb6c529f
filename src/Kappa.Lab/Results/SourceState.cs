using System.Security.Cryptography;

namespace Kappa.Lab.Results;

/// <summary>What the code was: a hash for each folder of sources that results depend on. Comments and spaces do not count.</summary>
/// <param name="Folders">Hashes by folder, from the root of the repository.</param>
internal sealed record SourceState(IReadOnlyDictionary<string, string> Folders)
{
    private const int HashLength = 12;
    private const string Experiments = "src/Kappa.Lab/Experiments";
    private const string Tables = "benchmarks/Kappa.Tables";

    // Whole folders; of the first and the last each folder in it has a hash of its own.
    private static readonly string[] Whole =
        ["src/Kappa.Data", "src/Kappa.Mujoco", "src/Kappa.Lab/Data", "src/Kappa.Lab/Statistics", "src/Kappa.Lab/Studies", "src/Kappa.Lab/Tasks", Tables];

    /// <summary>A short name.</summary>
    internal string Name => Hash(string.Join('\n', Folders.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => $"{one.Key} {one.Value}")));

    /// <summary>The state of a checkout.</summary>
    /// <param name="root">Its folder.</param>
    internal static SourceState Of(string root)
    {
        var folders = new SortedDictionary<string, string>(StringComparer.Ordinal);
        void Add(string folder, SearchOption depth = SearchOption.AllDirectories)
        {
            string path = Path.Combine(root, folder);
            if (Directory.Exists(path) && HashOf(path, depth) is { } hash)
                folders[folder] = hash;
        }
        foreach (string parts in (string[])["src/Kappa", Experiments])
        {
            if (!Directory.Exists(Path.Combine(root, parts)))
                continue;
            Add(parts, SearchOption.TopDirectoryOnly);
            foreach (string part in Directory.GetDirectories(Path.Combine(root, parts)).Select(path => Path.GetFileName(path)))
                Add($"{parts}/{part}");
        }
        foreach (string folder in Whole)
            Add(folder);
        return new SourceState(folders);
    }

    /// <summary>The folders that a result depends on and that are not the same in another state.</summary>
    /// <param name="other">The other state.</param>
    /// <param name="own">The experiment's own folder; null for the study of tables.</param>
    internal IReadOnlyList<string> ChangedFrom(SourceState other, string? own)
    {
        bool Counts(string folder) => folder == (own ?? Tables)
            || (folder != Tables && !folder.StartsWith($"{Experiments}/", StringComparison.Ordinal));
        return [.. Folders.Keys.Union(other.Folders.Keys).Where(Counts).Order(StringComparer.Ordinal)
            .Where(folder => Folders.GetValueOrDefault(folder) != other.Folders.GetValueOrDefault(folder))];
    }

    /// <summary>The text of a source without comments, and with one space where there were several.</summary>
    internal static string Bare(string source)
    {
        var bare = new StringBuilder(source.Length);
        for (int i = 0; i < source.Length; i++)
        {
            char next = i + 1 < source.Length ? source[i + 1] : '\0';
            if (source[i] == '/' && next == '/')
            {
                while (i + 1 < source.Length && source[i + 1] != '\n')
                    i++;
            }
            else if (source[i] == '/' && next == '*')
            {
                int end = source.IndexOf("*/", i + 2, StringComparison.Ordinal);
                i = end < 0 ? source.Length : end + 1;
            }
            else if (source[i] is '"' or '\'')
            {
                i = Quoted(source, i, bare);
            }
            else if (!char.IsWhiteSpace(source[i]))
            {
                _ = bare.Append(source[i]);
            }
            else if (bare.Length > 0 && bare[^1] != ' ')
            {
                _ = bare.Append(' ');
            }
        }
        return bare.ToString().Trim();
    }

    /// <summary>Copies a literal as it is, and returns where it ends.</summary>
    private static int Quoted(string source, int start, StringBuilder bare)
    {
        bool isVerbatim = start > 0 && source[start - 1] == '@';
        int quotes = 1;
        while (source[start] == '"' && start + quotes < source.Length && source[start + quotes] == '"')
            quotes++;
        int end;
        if (quotes >= 3)
        {
            end = source.IndexOf(new string('"', quotes), start + quotes, StringComparison.Ordinal);
            end = end < 0 ? source.Length - 1 : end + quotes - 1;
        }
        else
        {
            end = start + 1;
            while (end < source.Length && source[end] != source[start])
                end += source[end] == '\\' && !isVerbatim ? 2 : 1;
            end = Math.Min(end, source.Length - 1);
        }
        _ = bare.Append(source, start, end - start + 1);
        return end;
    }

    private static string? HashOf(string path, SearchOption depth)
    {
        bool IsSource(string file) => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
            && !file.Contains($"{Path.DirectorySeparatorChar}bin{Path.DirectorySeparatorChar}", StringComparison.Ordinal);
        string[] files = [.. Directory.GetFiles(path, "*.cs", depth).Where(IsSource).Order(StringComparer.Ordinal)];
        return files.Length == 0 ? null
            : Hash(string.Join('\n', files.Select(file => $"{Path.GetRelativePath(path, file).Replace('\\', '/')}\n{Bare(File.ReadAllText(file))}")));
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..HashLength];
}
