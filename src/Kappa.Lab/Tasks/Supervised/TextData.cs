namespace Kappa.Lab.Tasks.Supervised;

/// <summary>Text as windows of tokens. Training takes windows that start anywhere; validation takes the whole text once, window after window.</summary>
/// <remarks>Validation windows do not overlap, so that the first tokens of each are predicted from little context: the bits per character are an upper
/// bound. A text that is shorter than one window is an <see cref="ArgumentException"/>.</remarks>
internal sealed class TextData(Tokenizer tokenizer, TokenStream training, TokenStream validation, int contextLength)
    : TrainingData(new TokenDataSet(training, contextLength, 1), new TokenDataSet(validation, contextLength, contextLength))
{
    public override Tokenizer Tokenizer => tokenizer;

    public override int OutputSize => tokenizer.VocabularySize;

    public override string MetricName => "bits per character";

    public override bool HigherIsBetter => false;

    public override string UnitName => "tokens";

    public override int UnitsPerExample => contextLength;

    public override double ExamplesPerEpoch => training.Tokens.Length / (double)contextLength;

    public override string Fingerprint => DataFingerprint.Of(training.Tokens, validation.Tokens);

    /// <summary>The tokens to train on, as one stream.</summary>
    internal TokenStream TrainingStream => training;

    internal ReadOnlySpan<int> TrainingTokens => training.Tokens;

    internal ReadOnlySpan<int> ValidationTokens => validation.Tokens;

    /// <summary>Turns a mean loss on validation text, in nats per token, into bits per character.</summary>
    internal double BitsPerCharacter(double lossPerToken) => validation.BitsPerCharacter(lossPerToken);

    private protected override int EvaluationBatch => Math.Max(1, 4096 / contextLength);

    private protected override IReadOnlyList<Metric> Metrics(bool all) => [];

    private protected override Evaluation Judge(double loss, IReadOnlyList<Metric> metrics) => new(loss, BitsPerCharacter(loss))
    {
        Figures = new Dictionary<string, double> { [MetricName] = BitsPerCharacter(loss), ["perplexity"] = Math.Exp(loss) },
    };
}
