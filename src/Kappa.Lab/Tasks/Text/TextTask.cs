using System.Text.Json;
using Kappa.Lab.Settings;
using Kappa.Lab.Tasks.Models;
using Kappa.Lab.Tasks.Supervised;

namespace Kappa.Lab.Tasks.Text;

/// <summary>Learn to predict the next token of a text with the decoder-only transformer, so that <c>kappa compare</c> can compare optimizers on it.</summary>
public sealed class TextTask : LabTask
{
    internal const string TaskName = "text";
    private const string PathSetting = "path";
    private static readonly TransformerKind Network = new();

    /// <inheritdoc/>
    public override string Name => TaskName;

    /// <inheritdoc/>
    public override string Summary => "Predict the next token of a text with a transformer; judged by the bits per character on text that was not trained on.";

    /// <inheritdoc/>
    public override IReadOnlyList<SettingDescription> Settings { get; } =
    [
        new(PathSetting, "string", "\"\"", "a file of UTF-8 text, or a folder of .txt files, relative to the current folder; empty for the Brown corpus (see kappa data)"),
        .. TextDataKind.BrownCorpus.Settings,
        new("validationExamples", "integer", "200", "windows of the validation text that are measured along the way; deployment takes all"),
        .. Network.Settings,
    ];

    /// <summary>Reads the text and makes its tokens. Takes seconds for the Brown corpus, longer where a byte-pair tokenizer is learnt.</summary>
    /// <param name="settings">A JSON object with some of <see cref="Settings"/>, or null for all defaults.</param>
    /// <param name="progress">Told 1 at the end; may be null.</param>
    /// <param name="cancellation">Stops the work before it starts.</param>
    /// <exception cref="ConfigException">A setting is unknown or out of range.</exception>
    /// <exception cref="IOException">A file is missing or damaged.</exception>
    public override PreparedTask Prepare(JsonElement? settings, IProgress<double>? progress, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var reader = new SettingsReader(settings, "task", Settings);
        try
        {
            Network.Check(reader);
            int examples = reader.Integer("validationExamples", 1);
            var kind = reader.Text(PathSetting).Length == 0 ? TextDataKind.BrownCorpus : TextDataKind.Files;
            kind.Check(reader);
            var data = (TextData)kind.Load(reader, new DataRequest(Network.ContextLength(reader), FlatPictures: false, TokenizerFile: null));
            progress?.Report(1);
            return new PreparedText(data, examples, generator => Network.Create(reader, data.Training.InputShape, data.OutputSize, generator));
        }
        catch (ConfigException error) when (error.Message.StartsWith("model", StringComparison.Ordinal))
        {
            // Here the model's settings are those of the task.
            throw new ConfigException($"task{error.Message["model".Length..]}");
        }
    }
}
