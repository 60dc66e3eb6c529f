using System.Text.Json.Nodes;
using Kappa.Lab.Data;
using Kappa.Lab.Settings;
using Kappa.Randomness;

namespace Kappa.Lab.Tasks.Supervised;

/// <summary>Text by name, or of the user's own files.</summary>
internal sealed class TextDataKind : DataKind
{
    private const string PathSetting = "path";
    private static readonly string[] Tokenizers = ["character", "byte-pair"];

    private static readonly SettingDescription[] Common =
    [
        new("tokenizer", "string", "\"character\"", "what a token is: a character, or a frequent sequence of bytes learnt from the training text", Tokenizers),
        new("vocabulary", "integer", "1024", "tokens of the byte-pair tokenizer, 257 to 65536"),
        new("validationShare", "number", "0.1", "share of the documents that are for validation, above 0 and below 1; of a single document, its end. Does not depend on the seed"),
    ];

    private readonly Func<SettingsReader, IReadOnlyList<TextDocument>> _read;
    private readonly bool _hasPath;

    private TextDataKind(string name, string summary, bool hasPath, Func<SettingsReader, IReadOnlyList<TextDocument>> read)
    {
        (Name, Summary, _hasPath, _read) = (name, summary, hasPath, read);
        Settings = hasPath ? [new SettingDescription(PathSetting, "string", "\"\"", "a file of UTF-8 text, or a folder of .txt files; relative to the config"), .. Common] : Common;
    }

    internal static TextDataKind BrownCorpus { get; } = new(
        "brown-corpus", "A million words of American English of 1961, 5.9 million characters (see kappa data).", hasPath: false, _ => Data.BrownCorpus.Load());

    internal static TextDataKind Files { get; } = new("text", "Text files of your own.", hasPath: true, ReadFiles);

    public override string Name { get; }

    public override string Summary { get; }

    public override bool IsText => true;

    public override IReadOnlyList<SettingDescription> Settings { get; }

    internal override void Check(SettingsReader settings)
    {
        if (_hasPath && settings.Text(PathSetting).Length == 0)
            throw settings.Error(PathSetting, "expected a file of UTF-8 text, or a folder of .txt files; it is missing");
        if (_hasPath && settings.Text(PathSetting).Contains('\0', StringComparison.Ordinal))
            throw settings.Error(PathSetting, "expected a path; got one with a character 0 in it, which no path has");
        _ = settings.Integer("vocabulary", 257, 65536);
        if (settings.Number("validationShare", 0, 1, exclusiveMinimum: true) >= 1)
            throw settings.Error("validationShare", "expected a number below 1; got 1");
        _ = settings.Text("tokenizer");
    }

    internal override void ResolvePaths(JsonObject settings, string folder)
    {
        if (_hasPath && settings[PathSetting]?.GetValue<string>() is { Length: > 0 } path)
            settings[PathSetting] = Path.GetFullPath(path, folder);
    }

    internal override TrainingData Load(SettingsReader settings, DataRequest request)
    {
        var (training, validation) = Split(_read(settings), settings.Number("validationShare"));
        var tokenizer = request.TokenizerFile is { } file && File.Exists(file) ? Tokenizer.Load(file) : Train(settings, training);
        if (request.TokenizerFile is not null && !File.Exists(request.TokenizerFile))
            tokenizer.Save(request.TokenizerFile);
        try
        {
            return new TextData(tokenizer, TokenStream.Encode(tokenizer, training), TokenStream.Encode(tokenizer, validation), request.ContextLength);
        }
        catch (ArgumentException error)
        {
            throw new ConfigException($"model.contextLength: {error.Message.Split(" (Parameter", 2)[0]}. Give a smaller context, more text, or another data.validationShare");
        }
    }

    private static Tokenizer Train(SettingsReader settings, IReadOnlyList<TextDocument> training)
    {
        var texts = training.Select(document => document.Text + "\n\n");
        return settings.Text("tokenizer") == Tokenizers[0]
            ? CharacterTokenizer.Train(texts, withUnknown: true)
            : BytePairTokenizer.Train(texts, settings.Integer("vocabulary"));
    }

    /// <summary>By document where there are several, otherwise by place; the same for every seed, so that runs can be compared.</summary>
    private static (IReadOnlyList<TextDocument> Training, IReadOnlyList<TextDocument> Validation) Split(IReadOnlyList<TextDocument> documents, double share)
    {
        if (documents.Count > 1)
            return documents.Split(share, new Philox(0));
        var (name, category, text) = documents[0];
        int cut = (int)(text.Length * (1 - share));
        if (cut > 0 && cut < text.Length && char.IsLowSurrogate(text[cut]))
            cut--;
        return ([new TextDocument(name, category, text[..cut])], [new TextDocument(name, category, text[cut..])]);
    }

    private static IReadOnlyList<TextDocument> ReadFiles(SettingsReader settings)
    {
        string path = settings.Text(PathSetting);
        if (File.Exists(path))
            return [TextDocument.Read(path)];
        if (!Directory.Exists(path))
            throw settings.Error(PathSetting, $"there is neither a file nor a folder {path}");
        string[] files = [.. Directory.EnumerateFiles(path, "*.txt").Order(StringComparer.Ordinal)];
        return files.Length > 0
            ? [.. files.Select(TextDocument.Read)]
            : throw settings.Error(PathSetting, $"the folder {path} holds no .txt file");
    }
}
