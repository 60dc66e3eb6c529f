namespace Kappa.Fuzz.Targets;

/// <summary>Texts and tokenizers.</summary>
internal static class TextTargets
{
    private const string Sample = "the cat sat on the mat, the cat's hat 12 na\u00efve \ud83d\ude00\n";

    internal static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("text", ReadText)
        {
            Readers = ["TextDocument.Read", "TextDocument.Decode", "TextDocument.FirstInvalid"], Refusals = [typeof(DataFileException)], Form = Form.Text,
            Seeds = () => [("utf8", Encoding.UTF8.GetBytes(Sample)), ("marked", [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(Sample)])],
        },
        new("tokenizer", ReadTokenizer)
        {
            Readers = ["Tokenizer.Load"], Refusals = [typeof(DataFileException)], Form = Form.Text,
            // The vocabulary of a published model is unpacked once, and that of a file may say 64 MB.
            MostAllocated = length => (512L << 20) + (4096L * length),
            Seeds = () =>
            [
                ("characters", Saved(CharacterTokenizer.Train([Sample], withUnknown: true))), ("pairs", Saved(BytePairTokenizer.Train([Sample, Sample], 270))),
                ("pretrained", Saved(PretrainedTokenizer.Named("gpt2"))),
            ],
        },
    ];

    private static string ReadText(FuzzInput input)
    {
        string path = input.File, text = TextDocument.Read(path).Text;
        UnfaithfulException.Require("the file and its bytes", text, TextDocument.Decode("input", input.Bytes));
        var bytes = input.Bytes.AsSpan();
        UnfaithfulException.Require("the bytes", bytes.StartsWith(Encoding.UTF8.Preamble) ? bytes[3..] : bytes, Encoding.UTF8.GetBytes(text));
        return text.Length == 0 ? "empty" : "text";
    }

    private static string ReadTokenizer(FuzzInput input)
    {
        var tokenizer = Tokenizer.Load(input.File);
        input.RequireSameAgain(Saved(tokenizer), path => Saved(Tokenizer.Load(path)));
        if (tokenizer is not CharacterTokenizer)
            UnfaithfulException.Require("text", Sample, tokenizer.Decode(tokenizer.Encode(Sample)));
        _ = tokenizer.Decode([0, tokenizer.VocabularySize - 1]);
        return tokenizer.GetType().Name;
    }

    private static byte[] Saved(Tokenizer tokenizer)
    {
        using var folder = new TemporaryFolder();
        tokenizer.Save(folder["tokenizer"]);
        return File.ReadAllBytes(folder["tokenizer"]);
    }
}
