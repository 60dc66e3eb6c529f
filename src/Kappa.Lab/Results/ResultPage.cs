namespace Kappa.Lab.Results;

/// <summary>The tables of a page that are made from a committed result, between two comments.</summary>
/// <remarks>The first comment is <c>&lt;!-- made from results/dopr/flow.json --&gt;</c>; behind the name <c>, without: Tuning; Chunks of *</c> leaves out
/// sections by their titles.</remarks>
internal static class ResultPage
{
    internal const string End = "<!-- end -->";
    private const string Beginning = "<!-- made from results/";
    private const string Without = ", without: ";

    /// <summary>The blocks of a page: which result each is made from, where it begins and ends, and the line that begins it.</summary>
    /// <exception cref="InvalidDataException">A block has no end.</exception>
    internal static IEnumerable<(string Result, int From, int To, string Line)> Blocks(string page)
    {
        foreach (int from in Starts(page, Beginning))
        {
            int to = page.IndexOf(End, from, StringComparison.Ordinal), lineEnd = page.IndexOf('\n', from);
            if (to < 0 || lineEnd < 0)
                throw new InvalidDataException($"expected {End} behind {page[from..Math.Min(from + 80, page.Length)]}");
            string line = page[from..lineEnd].TrimEnd();
            string name = line[Beginning.Length..line.IndexOf(".json", StringComparison.Ordinal)];
            yield return (name, from, to + End.Length, line);
        }
    }

    /// <summary>Where lines begin with a comment: within a line it is only spoken of.</summary>
    internal static IEnumerable<int> Starts(string page, string comment)
    {
        for (int at = page.IndexOf(comment, StringComparison.Ordinal); at >= 0; at = page.IndexOf(comment, at + 1, StringComparison.Ordinal))
        {
            if (at == 0 || page[at - 1] == '\n')
                yield return at;
        }
    }

    /// <summary>What stands between the two comments, and these: what was found, then its tables.</summary>
    /// <param name="line">The comment that begins the block.</param>
    /// <param name="result">What the block is made from.</param>
    internal static string Of(string line, JsonObject result)
    {
        int at = line.IndexOf(Without, StringComparison.Ordinal);
        string[] without = at < 0 ? [] : line[(at + Without.Length)..^" -->".Length].Split("; ");
        var lines = new List<string> { line, result["headline"]!.GetValue<string>(), "" };
        foreach (var section in result["sections"]!.AsArray().Where(section => section!["table"] is not null))
        {
            string title = section!["title"]!.GetValue<string>();
            if (without.Any(left => left.EndsWith('*') ? title.StartsWith(left[..^1], StringComparison.Ordinal) : title == left))
                continue;
            var table = section["table"]!;
            lines.AddRange([$"*{title}*", ""]);
            lines.Add($"| {string.Join(" | ", table["columns"]!.AsArray().Select(column => Escaped(column!.GetValue<string>())))} |");
            lines.Add($"|{string.Concat(table["columns"]!.AsArray().Select(_ => "---|"))}");
            lines.AddRange(table["rows"]!.AsArray().Select(row => $"| {string.Join(" | ", row!.AsArray().Select(Cell))} |"));
            lines.Add("");
        }
        lines.Add(End);
        return string.Join('\n', lines);
    }

    /// <summary>A page whose blocks of a result are made anew.</summary>
    internal static string Renewed(string page, string name, JsonObject result)
    {
        // From the last to the first, so that places stay.
        foreach (var (_, from, to, line) in Blocks(page).Where(block => block.Result == name).Reverse().ToArray())
            page = page[..from] + Of(line, result) + page[to..];
        return page;
    }

    private static string Cell(JsonNode? cell)
    {
        string text = Escaped(cell!["text"]!.GetValue<string>());
        return cell["isMarked"]?.GetValue<bool>() == true ? $"**{text}**" : text;
    }

    private static string Escaped(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
