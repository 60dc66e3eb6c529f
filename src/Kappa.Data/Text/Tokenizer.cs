namespace Kappa.Data.Text;

/// <summary>Turns text into token ids, 0 to <see cref="VocabularySize"/> - 1, and back. Immutable; safe to use from several threads.</summary>
public abstract class Tokenizer
{
    // Every character there is takes 13 MB, each written as an escape.
    private const int LargestFile = 1 << 25;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private protected Tokenizer()
    {
    }

    /// <summary>The number of tokens.</summary>
    public abstract int VocabularySize { get; }

    /// <summary>The tokens of a text.</summary>
    /// <param name="text">Any text that can be written as UTF-8.</param>
    /// <returns>One id or more for each character; none for the empty text.</returns>
    /// <exception cref="ArgumentException">The text holds half a surrogate pair, or a character that the vocabulary lacks; the message says where.</exception>
    public int[] Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        CheckText(text, "the text");
        return EncodeCore(text);
    }

    /// <summary>The text of some tokens; bytes that are not UTF-8, which a model can produce, become U+FFFD.</summary>
    /// <param name="tokens">The tokens.</param>
    /// <exception cref="ArgumentOutOfRangeException">An id is out of range; the message names its position.</exception>
    public string Decode(ReadOnlySpan<int> tokens)
    {
        CheckTokens(tokens, VocabularySize);
        var bytes = new List<byte>(4 * tokens.Length);
        foreach (int token in tokens)
            bytes.AddRange(BytesOfCore(token));
        return Encoding.UTF8.GetString([.. bytes]);
    }

    /// <summary>The UTF-8 bytes of one token, for printing as tokens arrive; a token may end in the middle of a character, which
    /// <c>Encoding.UTF8.GetDecoder()</c> puts together.</summary>
    /// <param name="token">The token.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such token.</exception>
    public ReadOnlySpan<byte> BytesOf(int token)
    {
        CheckTokens([token], VocabularySize);
        return BytesOfCore(token);
    }

    /// <summary>Writes the tokenizer as JSON, whole or not at all.</summary>
    /// <param name="path">The file; replaced where it exists.</param>
    public void Save(string path) => AtomicFile.Write(path, stream =>
    {
        using var writer = new Utf8JsonWriter(stream);
        ToJson().WriteTo(writer);
    });

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="DataFileException">It is not such a file; the message says what is wrong.</exception>
    /// <exception cref="IOException">It cannot be read, or is larger than 32 MB.</exception>
    public static Tokenizer Load(string path)
    {
        byte[] bytes = BoundedFile.ReadAllBytes(path, LargestFile);
        try
        {
            using var document = JsonDocument.Parse(bytes);
            string? kind = document.RootElement.GetProperty("kind").GetString();
            return kind switch
            {
                CharacterTokenizer.KindName => CharacterTokenizer.Read(document.RootElement),
                BytePairTokenizer.KindName => BytePairTokenizer.Read(document.RootElement),
                PretrainedTokenizer.KindName => PretrainedTokenizer.Read(document.RootElement),
                _ => throw new FormatException(
                    $"the kind \"{kind}\", which is none of {CharacterTokenizer.KindName}, {BytePairTokenizer.KindName} and {PretrainedTokenizer.KindName}"),
            };
        }
        catch (Exception error) when (error is JsonException or FormatException or KeyNotFoundException or InvalidOperationException)
        {
            throw new DataFileException(path, "a tokenizer as Tokenizer.Save writes it", error.Message.TrimEnd('.'), inner: error);
        }
    }

    /// <summary>Checks that tokens exist.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One does not; the message names it, its position and the range.</exception>
    internal static void CheckTokens(ReadOnlySpan<int> tokens, int vocabularySize)
    {
        int wrong = tokens.IndexOfAnyExceptInRange(0, vocabularySize - 1);
        if (wrong >= 0)
            throw new ArgumentOutOfRangeException(
                nameof(tokens), tokens[wrong], $"the token at position {wrong} is out of range: expected 0 to {vocabularySize - 1}");
    }

    /// <summary>The parts of a training text, each checked that it can be written as UTF-8.</summary>
    /// <exception cref="ArgumentException">One holds half a surrogate pair; the message names the part and the position.</exception>
    internal static IEnumerable<string> Checked(IEnumerable<string> texts)
    {
        foreach (var (part, text) in texts.Index())
        {
            CheckText(text, $"part {part} of the training text", ". Take it out, or put U+FFFD in its place");
            yield return text;
        }
    }

    internal static byte[] Utf8(string text) => StrictUtf8.GetBytes(text);

    private protected abstract int[] EncodeCore(string text);

    private protected abstract ReadOnlySpan<byte> BytesOfCore(int token);

    private protected abstract JsonObject ToJson();

    private static void CheckText(string text, string what, string remedy = "")
    {
        for (int i = text.AsSpan().IndexOfAnyInRange('\ud800', '\udfff'); i >= 0 && i < text.Length; i++)
        {
            if (i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]))
                i++;
            else if (char.IsSurrogate(text[i]))
                throw new ArgumentException(
                    $"{what} holds half a surrogate pair (U+{(int)text[i]:X4}) at position {i}, which no UTF-8 can say{remedy}", nameof(text));
        }
    }
}
