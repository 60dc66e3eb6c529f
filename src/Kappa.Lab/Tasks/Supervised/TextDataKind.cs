namespace Kappa.Lab.Tasks.Supervised;

/// <summary>Text by name, or of the user's own files.</summary>
internal sealed class TextDataKind : DataKind
{
    private readonly bool _hasPath;

    private TextDataKind(string name, string summary, bool hasPath) => (Name, Summary, _hasPath) = (name, summary, hasPath);

    internal static TextDataKind BrownCorpus { get; } =
        new("brown-corpus", "A million words of American English of 1961, 5.9 million characters (see kappa data).", hasPath: false);

    internal static TextDataKind Files { get; } = new("text", "Text files of your own.", hasPath: true);

    public override string Name { get; }

    public override string Summary { get; }

    public override DataContent Content => DataContent.Text;

    public override SettingsType SettingsType => _hasPath ? SettingsOf<TextFileSettings>.Type : SettingsOf<TextSettings>.Type;

    internal override string? PathOf(object settings) => (settings as TextFileSettings)?.Path;

    internal override object Resolved(object settings, string folder) =>
        settings is TextFileSettings files ? files with { Path = Path.GetFullPath(files.Path, folder) } : settings;

    internal override TrainingData Load(object settings, DataRequest request) => Load(
        settings is TextFileSettings files ? ReadFiles(files.Path, request) : Data.BrownCorpus.Load(), (TextSettings)settings, request);

    /// <summary>Makes tokens of documents.</summary>
    internal static TextData Load(IReadOnlyList<TextDocument> documents, TextSettings settings, DataRequest request)
    {
        var (training, validation) = Split(documents, settings.ValidationShare);
        var tokenizer = request.TokenizerFile is { } file && File.Exists(file) ? Tokenizer.Load(file) : Train(settings, training, request.Cancellation);
        if (request.TokenizerFile is not null && !File.Exists(request.TokenizerFile))
            tokenizer.Save(request.TokenizerFile);
        try
        {
            return new TextData(tokenizer, TokenStream.Encode(tokenizer, training), TokenStream.Encode(tokenizer, validation), request.ContextLength);
        }
        catch (ArgumentException error)
        {
            throw new ConfigException(
                $"{request.ModelPath}.contextLength: {error.Message.Split(" (Parameter", 2)[0]}. "
                + $"Give a smaller context, more text, or another {request.DataPath}.validationShare");
        }
    }

    /// <summary>Reads a file, or the .txt files of a folder.</summary>
    internal static IReadOnlyList<TextDocument> ReadFiles(string path, DataRequest request)
    {
        if (File.Exists(path))
            return [TextDocument.Read(path)];
        if (path.Contains('\0', StringComparison.Ordinal))
            throw new ConfigException($"{request.DataPath}.path: expected a path; got one with a character 0 in it, which no path has");
        if (!Directory.Exists(path))
            throw new ConfigException($"{request.DataPath}.path: there is neither a file nor a folder {path}");
        string[] files = [.. Directory.EnumerateFiles(path, "*.txt").Order(StringComparer.Ordinal)];
        long bytes = files.Sum(file => new FileInfo(file).Length);
        if (bytes > TextDocument.MostBytes)
            throw new ConfigException($"{request.DataPath}.path: expected at most {TextDocument.MostBytes} bytes of text in the folder {path}; got {bytes}");
        return files.Length > 0
            ? [.. files.Select(Read)]
            : throw new ConfigException($"{request.DataPath}.path: the folder {path} holds no .txt file");

        TextDocument Read(string file)
        {
            request.Cancellation.ThrowIfCancellationRequested();
            return TextDocument.Read(file);
        }
    }

    private static Tokenizer Train(TextSettings settings, IReadOnlyList<TextDocument> training, CancellationToken cancellation)
    {
        var texts = training.Select(document => document.Text + "\n\n");
        return settings.Tokenizer == TextSettings.Characters
            ? CharacterTokenizer.Train(texts, withUnknown: true)
            : BytePairTokenizer.Train(texts, settings.Vocabulary, cancellation);
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
}
