namespace Kappa.Lab.Tasks.Text;

/// <summary>The text of tokens as they come: whole characters, up to the first string that ends it.</summary>
public sealed class WrittenText
{
    private readonly Tokenizer _tokenizer;
    private readonly IReadOnlyList<string> _stops;
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private readonly StringBuilder _held = new();

    /// <summary>Begins an empty text.</summary>
    /// <param name="tokenizer">What tokens mean.</param>
    /// <param name="stops">Strings that end the text, none of them empty; they are no part of it.</param>
    /// <exception cref="ArgumentException">A string to stop at is empty.</exception>
    public WrittenText(Tokenizer tokenizer, IReadOnlyList<string> stops)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(stops);
        if (stops.Any(stop => stop.Length == 0))
            throw new ArgumentException("expected strings of one character or more to stop at; got an empty one, which is everywhere", nameof(stops));
        (_tokenizer, _stops) = (tokenizer, stops);
    }

    /// <summary>Whether a stop was met.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>What a further token adds to the text: nothing yet where it ends inside a character, or in what may become a stop.</summary>
    /// <param name="token">The token.</param>
    public string Add(int token)
    {
        if (IsComplete)
            return "";
        var bytes = _tokenizer.BytesOf(token);
        char[] characters = new char[Encoding.UTF8.GetMaxCharCount(bytes.Length)];
        _ = _held.Append(characters.AsSpan(0, _decoder.GetChars(bytes, characters, flush: false)));
        string held = _held.ToString();
        int end = _stops.Select(stop => held.IndexOf(stop, StringComparison.Ordinal)).Where(place => place >= 0).DefaultIfEmpty(-1).Min();
        IsComplete = end >= 0;
        if (!IsComplete)
            end = held.Length - LongestBeginning(held);
        _ = IsComplete ? _held.Clear() : _held.Remove(0, end);
        return held[..end];
    }

    /// <summary>What was held back, where no more tokens come. Half a character, which only the number of tokens cut off, is no part of it.</summary>
    public string Rest() => IsComplete ? "" : _held.ToString();

    /// <summary>How much of the end of the text could begin a stop.</summary>
    private int LongestBeginning(string text)
    {
        int longest = 0;
        foreach (string stop in _stops)
        {
            for (int length = Math.Min(stop.Length - 1, text.Length); length > longest; length--)
            {
                if (text.AsSpan(text.Length - length).SequenceEqual(stop.AsSpan(0, length)))
                    longest = length;
            }
        }
        return longest;
    }
}
