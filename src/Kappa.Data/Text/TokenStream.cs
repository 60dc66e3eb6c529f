namespace Kappa.Data.Text;

/// <summary>The tokens of some documents, one after another.</summary>
public sealed class TokenStream
{
    private readonly int[] _tokens;

    /// <summary>Takes tokens as they are, without a copy.</summary>
    /// <param name="tokens">The tokens.</param>
    /// <param name="vocabularySize">The number of tokens that exist.</param>
    /// <param name="characterCount">How many characters of text they stand for.</param>
    /// <exception cref="ArgumentOutOfRangeException">A token is out of range; the message names its position.</exception>
    public TokenStream(int[] tokens, int vocabularySize, long characterCount)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabularySize, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(characterCount);
        Tokenizer.CheckTokens(tokens, vocabularySize);
        (_tokens, VocabularySize, CharacterCount) = (tokens, vocabularySize, characterCount);
    }

    /// <summary>The tokens, each 0 to <see cref="VocabularySize"/> - 1.</summary>
    public ReadOnlySpan<int> Tokens => _tokens;

    /// <summary>The number of tokens that exist.</summary>
    public int VocabularySize { get; }

    /// <summary>How many characters (Unicode scalar values) of text the stream stands for.</summary>
    public long CharacterCount { get; }

    /// <summary>Encodes documents one after another, each followed by a separator.</summary>
    /// <param name="tokenizer">Makes the tokens.</param>
    /// <param name="documents">The documents, in order.</param>
    /// <param name="separator">What follows each document; it is text like any other.</param>
    public static TokenStream Encode(Tokenizer tokenizer, IEnumerable<TextDocument> documents, string separator = "\n\n")
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(documents);
        List<int> tokens = [];
        long characters = 0;
        foreach (var document in documents)
        {
            string text = document.Text + separator;
            try
            {
                tokens.AddRange(tokenizer.Encode(text));
            }
            catch (ArgumentException error)
            {
                throw new ArgumentException($"{document.Name}: {error.Message}", nameof(documents), error);
            }
            characters += text.EnumerateRunes().Count();
        }
        return new TokenStream([.. tokens], tokenizer.VocabularySize, characters);
    }

    /// <summary>Turns a mean cross-entropy into bits per character, which compares models with different tokens.</summary>
    /// <param name="lossPerToken">The mean of -ln p over tokens, in nats.</param>
    /// <returns><c>loss * tokens / (characters ln 2)</c>.</returns>
    public double BitsPerCharacter(double lossPerToken) => lossPerToken * _tokens.Length / (CharacterCount * Math.Log(2));
}
