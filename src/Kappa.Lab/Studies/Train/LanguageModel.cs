namespace Kappa.Lab.Studies.Train;

/// <summary>A language model that was trained by <c>kappa train</c>, ready to write.</summary>
public sealed class LanguageModel
{
    private const int MostSideBySide = 32;
    private readonly Transformer _model;

    internal LanguageModel(Transformer model, Tokenizer tokenizer, int contextLength, string origin) =>
        (_model, Tokenizer, ContextLength, Origin) = (model, tokenizer, contextLength, origin);

    /// <summary>What turns text into tokens.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>Tokens that the model sees at most.</summary>
    public int ContextLength { get; }

    /// <summary>The checkpoint that it was read from.</summary>
    public string Origin { get; }

    /// <summary>Reads a model from the folder of a run, whose last checkpoint is taken, or from one of its checkpoints.</summary>
    /// <param name="path">Such as <c>runs/first-1</c> or <c>runs/first-1/checkpoints/step-00001000</c>.</param>
    /// <param name="choices">The data sets, models and optimizers there are.</param>
    /// <exception cref="RunFolderException">There is no training run, it has no checkpoint yet, or it is no language model.</exception>
    /// <exception cref="CheckpointException">The checkpoint is damaged.</exception>
    public static LanguageModel Load(string path, Choices choices)
    {
        var opener = new ModelOpener(path);
        return Load(opener, TrainingConfig.Parse(opener.Manifest.Config.ToJsonString(), Path.GetFullPath(opener.Run.FolderPath), choices));
    }

    /// <summary>The last model of a run whose config is read.</summary>
    internal static LanguageModel Load(TrainingFolder folder, TrainingConfig config) => Load(new ModelOpener(folder.FolderPath), config);

    private static LanguageModel Load(ModelOpener opener, TrainingConfig config)
    {
        var kind = config.Model.Kind;
        if (!kind.IsForText)
        {
            throw new RunFolderException(
                $"{opener.Run.FolderPath}: holds a model of kind {config.Model.Name} trained on {config.Data.Name}, which is no language model. "
                + "Give the run of a transformer");
        }
        var tokenizer = Tokenizer.Load(opener.Checked(RunPaths.TokenizerName));
        int context = kind.ContextLength(config.Model.Settings);
        var model = (Transformer)kind.Create(config.Model.Settings, [context], tokenizer.VocabularySize, new Philox(0));
        return new LanguageModel(model, tokenizer, context, opener.Load(model).FolderPath);
    }

    /// <summary>Moves the model to a device, where it then computes; tokens are drawn on the host.</summary>
    /// <param name="device">The device.</param>
    public void MoveTo(Device device) => _ = _model.To(device);

    /// <summary>Writes on: token after token, each drawn from the model's prediction after all before it that fit into its context.</summary>
    /// <param name="prompt">The tokens to begin with; at least one. Of more than the context the last ones count.</param>
    /// <param name="options">How to draw.</param>
    /// <param name="generator">The source of randomness; it advances.</param>
    /// <returns>The tokens after the prompt, without end, as they come. See <see cref="TokenGenerator"/>.</returns>
    public IEnumerable<int> Generate(IReadOnlyList<int> prompt, SamplingOptions options, Philox generator) =>
        Generator(options, 1).Stream(prompt, generator);

    /// <summary>Writes on from several prompts side by side, which is several times as fast as one after the other.</summary>
    /// <param name="prompts">The texts to begin with, of one token or more each.</param>
    /// <param name="options">How to draw.</param>
    /// <param name="most">The most tokens for each, 0 or more.</param>
    /// <param name="stops">A text ends before the first of these strings that it would contain; none: at the number of tokens.</param>
    /// <param name="generator">The source of randomness. Each prompt has its part of it, whatever the others are.</param>
    /// <param name="cancellation">Stops between two tokens.</param>
    /// <returns>What was written after each prompt, and how many tokens it took.</returns>
    public IReadOnlyList<(string Text, int Tokens, bool IsStopped)> Generate(
        IReadOnlyList<string> prompts, SamplingOptions options, int most, IReadOnlyList<string> stops, Philox generator,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        ArgumentNullException.ThrowIfNull(stops);
        var texts = prompts.Select(_ => (Written: new WrittenText(Tokenizer, stops), All: new StringBuilder())).ToArray();
        bool IsComplete(int number, IReadOnlyList<int> tokens)
        {
            var (written, all) = texts[number];
            _ = all.Append(written.Add(tokens[^1]));
            return written.IsComplete;
        }
        var tokens = Generator(options, Math.Clamp(prompts.Count, 1, MostSideBySide)).Generate(
            [.. prompts.Select(prompt => (IReadOnlyList<int>)Tokenizer.Encode(prompt))], most, generator, IsComplete, cancellation);
        return [.. texts.Select((text, i) => (text.All.Append(text.Written.Rest()).ToString(), tokens[i].Length, text.Written.IsComplete))];
    }

    private TokenGenerator Generator(SamplingOptions options, int sequences) =>
        new(_model, options, (Tokenizer as CharacterTokenizer)?.UnknownToken, sequences);
}
