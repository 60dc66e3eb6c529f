namespace Kappa.Data.Text;

/// <summary>A token for each character (Unicode scalar value) that the training text holds, in the order of their code points.</summary>
public sealed class CharacterTokenizer : Tokenizer
{
    internal const string KindName = "character";

    private const string UnknownText = "\ufffd";

    private readonly Dictionary<Rune, int> _tokens;
    private readonly byte[][] _bytes;

    private CharacterTokenizer(Rune[] characters, bool hasUnknown)
    {
        Characters = string.Concat(characters);
        UnknownToken = hasUnknown ? characters.Length : null;
        _tokens = characters.Index().ToDictionary(entry => entry.Item, entry => entry.Index);
        _bytes = [.. characters.Select(character => character.ToString()).Concat(hasUnknown ? [UnknownText] : []).Select(Utf8)];
    }

    /// <inheritdoc/>
    public override int VocabularySize => _bytes.Length;

    /// <summary>The token for characters that the training text did not hold, the last one; null where they are errors. It reads as U+FFFD.</summary>
    public int? UnknownToken { get; }

    /// <summary>The characters of the vocabulary, in the order of their tokens; without the unknown one.</summary>
    public string Characters { get; }

    /// <summary>Takes the vocabulary from a text.</summary>
    /// <param name="texts">The training text, in parts; not empty.</param>
    /// <param name="withUnknown">Whether there is a token for all other characters; else they are errors.</param>
    /// <exception cref="ArgumentException">The text is empty, or holds half a surrogate pair; the message names its part and position.</exception>
    public static CharacterTokenizer Train(IEnumerable<string> texts, bool withUnknown = false)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var characters = new SortedSet<Rune>();
        foreach (string text in Checked(texts))
            characters.UnionWith(text.EnumerateRunes());
        return characters.Count > 0
            ? new CharacterTokenizer([.. characters], withUnknown)
            : throw new ArgumentException("the training text has no characters", nameof(texts));
    }

    internal static CharacterTokenizer Read(JsonElement json)
    {
        string text = json.GetProperty("characters").GetString() ?? throw new FormatException("no characters");
        Rune[] characters = [.. text.EnumerateRunes()];
        return characters.Length > 0 && characters.Distinct().Count() == characters.Length
            ? new CharacterTokenizer(characters, json.GetProperty("unknown").GetBoolean())
            : throw new FormatException("characters that are none, or come twice");
    }

    private protected override int[] EncodeCore(string text)
    {
        var tokens = new List<int>(text.Length);
        int position = 0;
        foreach (var character in text.EnumerateRunes())
        {
            if (!_tokens.TryGetValue(character, out int token))
            {
                token = UnknownToken ?? throw new ArgumentException(
                    $"the character \"{(Rune.IsControl(character) ? "?" : character)}\" (U+{character.Value:X4}) at position {position} is not in the "
                    + $"vocabulary of {VocabularySize} characters; train with withUnknown to give such characters a token",
                    nameof(text));
            }
            tokens.Add(token);
            position += character.Utf16SequenceLength;
        }
        return [.. tokens];
    }

    private protected override ReadOnlySpan<byte> BytesOfCore(int token) => _bytes[token];

    private protected override JsonObject ToJson() =>
        new() { ["kind"] = KindName, ["characters"] = Characters, ["unknown"] = UnknownToken is not null };
}
