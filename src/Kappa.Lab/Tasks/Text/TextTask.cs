namespace Kappa.Lab.Tasks.Text;

/// <summary>Learn to predict the next token of a text with the decoder-only transformer, so that <c>kappa compare</c> can compare optimizers on it.</summary>
public sealed class TextTask : LabTask
{
    internal const string TaskName = "text";
    private static readonly TransformerKind Network = new();

    /// <inheritdoc/>
    public override string Name => TaskName;

    /// <inheritdoc/>
    public override string Summary =>
        "Predict the next token of a text with a transformer; judged by the bits per character on text that was not trained on, "
        + "or by what it writes.";

    /// <inheritdoc/>
    public override SettingsType SettingsType => SettingsOf<TextTaskSettings>.Type;

    internal override object Resolved(object settings, string folder)
    {
        var given = (TextTaskSettings)settings;
        return given.Path.Length == 0 ? given : given with { Path = Path.GetFullPath(given.Path, folder) };
    }

    /// <summary>Reads the text and makes its tokens. Takes seconds for the Brown corpus, longer where a byte-pair tokenizer is learnt.</summary>
    /// <exception cref="ConfigException">There is no such file, or its text is too short.</exception>
    /// <exception cref="IOException">A file is missing or damaged.</exception>
    protected override PreparedTask PrepareCore(object settings, IProgress<double>? progress, CancellationToken cancellation)
    {
        var given = (TextTaskSettings)settings;
        var request = new DataRequest(given.Model.ContextLength, FlatPictures: false, TokenizerFile: null)
        {
            DataPath = "task", ModelPath = "task", Cancellation = cancellation,
        };
        var documents = given.Path.Length == 0 ? Data.BrownCorpus.Load() : TextDataKind.ReadFiles(given.Path, request);
        var data = TextDataKind.Load(documents, given.Text, request);
        var writing = given.Generation.Texts == 0 ? null : new WritingTest(given, data, progress, cancellation);
        progress?.Report(1);
        string name = given.Path.Length == 0 ? DataCatalog.BrownCorpus.Name : Path.GetFullPath(given.Path);
        return new PreparedText(
            data, name, given, writing, generator => Network.Create(given.Model, data.Training.InputShape, data.OutputSize, generator));
    }
}
