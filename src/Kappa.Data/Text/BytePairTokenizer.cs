using System.Text.RegularExpressions;

namespace Kappa.Data.Text;

/// <summary>Byte-pair encoding over UTF-8 bytes: tokens 0 to 255 are the bytes, each further one joins two earlier ones. Any text can be encoded.</summary>
/// <remarks>Source: Sennrich, Haddow and Birch (2016), "Neural machine translation of rare words with subword units", arXiv:1508.07909; over
/// bytes, within the pieces of GPT-2's pattern (Radford et al. 2019): words and numbers with the space before them, runs of other marks,
/// white space. No token crosses the border of a piece.</remarks>
public sealed partial class BytePairTokenizer : Tokenizer
{
    internal const string KindName = "byte-pair";
    internal const int ByteCount = 256;

    // Two tokens that join themselves again and again double each time: a file of a few hundred bytes would say gigabytes.
    internal const long MostBytes = 1 << 26;

    private readonly Dictionary<(int Left, int Right), int> _tokens = [];
    private readonly byte[][] _bytes;
    private readonly PieceEncoder _encoder;

    internal BytePairTokenizer((int Left, int Right)[] merges)
    {
        Merges = merges;
        _encoder = new PieceEncoder(Pieces(), piece => BytePairMerger.Merge([.. Utf8(piece).Select(value => (int)value)], Join));
        _bytes = new byte[ByteCount + merges.Length][];
        for (int i = 0; i < ByteCount; i++)
            _bytes[i] = [(byte)i];
        long total = 0;
        for (int i = 0; i < merges.Length; i++)
        {
            var (left, right) = merges[i];
            int token = ByteCount + i;
            if (left < 0 || right < 0 || left >= token || right >= token)
                throw new FormatException($"merge {i} joins {left} and {right}: expected tokens below {token}");
            if (!_tokens.TryAdd((left, right), token))
                throw new FormatException($"merge {i} joins {left} and {right} again");
            total += _bytes[left].Length + _bytes[right].Length;
            if (total > MostBytes)
                throw new FormatException($"merge {i} makes tokens of more than {MostBytes} bytes in all");
            _bytes[token] = [.. _bytes[left], .. _bytes[right]];
        }
    }

    /// <inheritdoc/>
    public override int VocabularySize => _bytes.Length;

    /// <summary>The pairs that each token from 256 on joins, in the order they were learnt.</summary>
    public IReadOnlyList<(int Left, int Right)> Merges { get; }

    /// <summary>Learns merges from a text: again and again the pair of neighbours that occurs most often, of equals the one with the
    /// smallest ids, left before right.</summary>
    /// <param name="texts">The training text, in parts; no pair crosses from one to the next.</param>
    /// <param name="vocabularySize">Tokens in all, at least 256. There are fewer where no pair occurs twice any more, or where
    /// all tokens together would have more than 64 MB, as of a run of one character without end.</param>
    /// <param name="cancellation">Asked before each text and each token.</param>
    /// <returns>The tokenizer; the same text gives the same one.</returns>
    /// <exception cref="ArgumentException">A text holds half a surrogate pair; the message names its part and position.</exception>
    /// <remarks>Counts are kept by piece and changed only where a merge touches them: a second for five million characters and 4,096 tokens.</remarks>
    public static BytePairTokenizer Train(IEnumerable<string> texts, int vocabularySize, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabularySize, ByteCount);
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        var bySpan = counts.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (string text in Checked(texts))
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (var match in Pieces().EnumerateMatches(text))
            {
                var piece = text.AsSpan(match.Index, match.Length);
                _ = bySpan.TryGetValue(piece, out int count);
                bySpan[piece] = count + 1;
            }
        }
        return new BytePairTokenizer(new BytePairTrainer(counts).Train(vocabularySize - ByteCount, cancellation));
    }

    internal static BytePairTokenizer Read(JsonElement json) => new(
        [.. json.GetProperty("merges").EnumerateArray().Select(pair =>
            pair.GetArrayLength() == 2 ? (pair[0].GetInt32(), pair[1].GetInt32()) : throw new FormatException($"a merge of {pair.GetArrayLength()} tokens"))]);

    /// <summary>The pieces that merges stay within, which together are the whole text.</summary>
    [GeneratedRegex(@"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+", RegexOptions.CultureInvariant)]
    internal static partial Regex Pieces();

    private bool Join(int left, int right, out int token) => _tokens.TryGetValue((left, right), out token);

    private protected override int[] EncodeCore(string text) => _encoder.Encode(text);

    private protected override ReadOnlySpan<byte> BytesOfCore(int token) => _bytes[token];

    private protected override JsonObject ToJson() =>
        new() { ["kind"] = KindName, ["merges"] = new JsonArray([.. Merges.Select(merge => new JsonArray(merge.Left, merge.Right))]) };
}
