namespace Kappa.Lab.Tasks.Supervised;

/// <summary>Text as windows of tokens. Training takes windows that start anywhere; validation takes the whole text once, window after window.</summary>
/// <remarks>Validation windows do not overlap, so that the first tokens of each are predicted from little context: the bits per character are an upper
/// bound.</remarks>
public sealed class TextData : TrainingData
{
    private readonly TokenStream _validation;
    private readonly TokenStream _training;

    /// <summary>Makes windows of two streams.</summary>
    /// <param name="tokenizer">What made the tokens.</param>
    /// <param name="training">The training text.</param>
    /// <param name="validation">The validation text.</param>
    /// <param name="contextLength">Tokens of a window, 1 or more.</param>
    /// <exception cref="ArgumentException">A text is shorter than one window.</exception>
    public TextData(Tokenizer tokenizer, TokenStream training, TokenStream validation, int contextLength)
        : base(new TokenDataSet(training, contextLength, 1), new TokenDataSet(validation, contextLength, contextLength))
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        (Tokenizer, _training, _validation, UnitsPerExample) = (tokenizer, training, validation, contextLength);
    }

    /// <inheritdoc/>
    public override Tokenizer Tokenizer { get; }

    /// <inheritdoc/>
    public override int OutputSize => Tokenizer.VocabularySize;

    /// <inheritdoc/>
    public override string MetricName => "bits per character";

    /// <inheritdoc/>
    public override bool HigherIsBetter => false;

    /// <inheritdoc/>
    public override string UnitName => "tokens";

    /// <inheritdoc/>
    public override int UnitsPerExample { get; }

    /// <inheritdoc/>
    public override double ExamplesPerEpoch => _training.Tokens.Length / (double)UnitsPerExample;

    /// <inheritdoc/>
    public override string Fingerprint => DataFingerprint.Of(_training.Tokens, _validation.Tokens);

    /// <summary>Turns a mean loss on validation text, in nats per token, into bits per character.</summary>
    /// <param name="lossPerToken">The loss.</param>
    public double BitsPerCharacter(double lossPerToken) => _validation.BitsPerCharacter(lossPerToken);

    private protected override int EvaluationBatch => Math.Max(1, 4096 / UnitsPerExample);

    private protected override double Metric(double loss, double accuracy) => BitsPerCharacter(loss);
}
