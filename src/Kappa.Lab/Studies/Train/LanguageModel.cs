namespace Kappa.Lab.Studies.Train;

/// <summary>A language model that was trained by <c>kappa train</c>, ready to write.</summary>
public sealed class LanguageModel
{
    private readonly Module _model;

    internal LanguageModel(Module model, Tokenizer tokenizer, int contextLength, string origin) =>
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
        var model = kind.Create(config.Model.Settings, [context], tokenizer.VocabularySize, new Philox(0));
        return new LanguageModel(model, tokenizer, context, opener.Load(model).FolderPath);
    }

    /// <summary>Writes on: token after token, each drawn from the model's prediction after all before it that fit into its context.</summary>
    /// <param name="prompt">The tokens to begin with; at least one. Of more than the context the last ones count.</param>
    /// <param name="options">How to draw.</param>
    /// <param name="generator">The source of randomness; it advances.</param>
    /// <returns>The tokens after the prompt, without end. Each costs one forward pass over the context.</returns>
    public IEnumerable<int> Generate(IReadOnlyList<int> prompt, SamplingOptions options, Philox generator)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(generator);
        if (prompt.Count == 0)
            throw new ArgumentException("expected a prompt of at least one token", nameof(prompt));
        var sampler = new TokenSampler(options, Tokenizer.VocabularySize, (Tokenizer as CharacterTokenizer)?.UnknownToken, generator);
        return Continue([.. prompt.TakeLast(ContextLength)], sampler);
    }

    private IEnumerable<int> Continue(List<int> window, TokenSampler sampler)
    {
        while (true)
        {
            int token = Next(window, sampler);
            if (window.Count == ContextLength)
                window.RemoveAt(0);
            window.Add(token);
            yield return token;
        }
    }

    private int Next(List<int> window, TokenSampler sampler)
    {
        using var quiet = NoGradient.Begin();
        using var scope = TensorScope.Begin();
        _model.Eval();
        var logits = _model.Forward(Tensor.From<int>([.. window], [1, window.Count]));
        return sampler.Next(logits.ReadOnlyValues<float>()[^Tokenizer.VocabularySize..]);
    }
}
