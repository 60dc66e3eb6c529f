using System.Text.RegularExpressions;

namespace Kappa.Docs.Tests;

/// <summary>A command line in a block of a page.</summary>
/// <param name="Page">The page, from the root of the repository.</param>
/// <param name="Line">Where it stands.</param>
/// <param name="Text">What a reader types, without what is said of it; <c>./kappa</c> of a clone is <c>kappa</c> here.</param>
/// <param name="Shown">What the page says that it prints: the block of text behind a block of this one command; null where there is none.</param>
public sealed partial record CommandLine(string Page, int Line, string Text, string? Shown)
{
    /// <summary>Every command line of every page.</summary>
    public static IReadOnlyList<CommandLine> All { get; } = [.. Snippet.Pages().SelectMany(page => Of(page, Snippet.LinesOf(page)))];

    /// <summary>The command lines of a page: lines of blocks without a language, fenced or indented, that begin with a program.</summary>
    /// <param name="page">Its path.</param>
    /// <param name="lines">What it says.</param>
    public static IEnumerable<CommandLine> Of(string page, string[] lines)
    {
        for (int i = 0; i < lines.Length; i++)
        {
            if (lines[i] == "```")
            {
                int end = Array.IndexOf(lines, "```", i + 1);
                // In a fenced block every line is one, but for what is said on a line of its own.
                int[] commands = [.. Enumerable.Range(i + 1, end - i - 1).Where(line => lines[line].Trim() is { Length: > 0 } text && text[0] != '#')];
                string? shown = commands.Length == 1 && end + 1 < lines.Length && lines[end + 1] == "```text" ? BlockFrom(lines, end + 2) : null;
                foreach (int line in commands)
                    yield return new CommandLine(page, line + 1, Bare(lines[line]), shown);
                i = end;
            }
            else if (lines[i].StartsWith("```", StringComparison.Ordinal))
                i = Array.IndexOf(lines, "```", i + 1);
            else if (Indented().IsMatch(lines[i]))
                yield return new CommandLine(page, i + 1, Bare(lines[i]), null);
        }
    }

    private static string BlockFrom(string[] lines, int first) => string.Join('\n', lines[first..Array.IndexOf(lines, "```", first)]);

    private static string Bare(string line)
    {
        string text = Said().Replace(line.Trim(), "");
        return text.StartsWith("./kappa", StringComparison.Ordinal) ? text[2..] : text;
    }

    [GeneratedRegex(@"^ {4,}(\./kappa|kappa|mpirun|dotnet|docs/check|docs/site\.sh|tensorboard|sudo|apt-get|npm|pip|git|python3) ")]
    private static partial Regex Indented();

    [GeneratedRegex(@"\s+#.*$|\s{3,}.*$")]
    private static partial Regex Said();
}
