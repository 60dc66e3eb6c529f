namespace Kappa.Lab.Tasks.Arithmetic;

/// <summary>The settings of the arithmetic task: those of the problems, and of the transformer.</summary>
internal sealed record ArithmeticSettings : ICheckedSettings
{
    private const int Largest = 1 << 14;

    [Setting("what is done with the two numbers")]
    public Operation Operation { get; init; } = Operation.Addition;

    [Setting("the most digits of a number in training", AtLeast = 1, AtMost = 30)]
    public int Digits { get; init; } = 4;

    [Setting("how many digits more are asked for when the model is deployed", AtLeast = 0, AtMost = 30)]
    public int Beyond { get; init; } = 2;

    [Setting("whether the model writes the steps before the result")]
    public bool Steps { get; init; } = true;

    [Setting("whether numbers are written last digit first")]
    public bool Reversed { get; init; } = true;

    [Setting("training examples, as many of each number of digits", AtLeast = 1, AtMost = 10_000_000)]
    public int Examples { get; init; } = 20_000;

    [Setting("validation examples, of the numbers of digits that are trained on", AtLeast = 1, AtMost = 100_000)]
    public int ValidationExamples { get; init; } = 500;

    [Setting("problems of each number of digits that the deployed model is asked", AtLeast = 1, AtMost = 10_000)]
    public int Problems { get; init; } = 100;

    [Setting("what the model has learnt before; each optimizer then goes on from the same weights")]
    public Pretraining Pretraining { get; init; } = Pretraining.None;

    [Setting("with pretraining on short problems, their most digits, fewer than digits", AtLeast = 1, AtMost = 30)]
    public int PretrainingDigits { get => field == 0 ? Math.Max(1, Digits - 2) : field; init; }

    [Setting("steps of the pretraining, of 64 examples each, by AdamW", AtLeast = 1, AtMost = 1_000_000)]
    public int PretrainingSteps { get; init; } = 600;

    [Setting("learning rate of the pretraining, which decays to 0 along a cosine", Above = 0, AtMost = 1)]
    public double PretrainingRate { get; init; } = 3e-3;

    [Setting("draws the problems and the pretrained weights", AtLeast = 0)]
    public int ProblemSeed { get; init; }

    [Setting("features of a position; heads divide it evenly", AtLeast = 1, AtMost = Largest)]
    public int Width { get; init; } = 64;

    [Setting("blocks", AtLeast = 0, AtMost = Largest)]
    public int Layers { get; init; } = 2;

    [Setting("heads of the queries, keys and values", AtLeast = 1, AtMost = Largest)]
    public int Heads { get; init; } = 4;

    public void Check(SettingsCheck check)
    {
        check.Library(() => Transformer(1, 1).Validate());
        check.Require(
            Pretraining != Pretraining.ShortProblems || PretrainingDigits < Digits, nameof(PretrainingDigits), $"fewer than digits, which is {Digits}",
            PretrainingDigits);
    }

    internal TransformerOptions Transformer(int vocabulary, int contextLength) => new()
    {
        VocabularySize = vocabulary, ContextLength = contextLength, Width = Width, Layers = Layers, Heads = Heads,
    };
}
