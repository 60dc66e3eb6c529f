namespace Kappa.Lab.Tasks.Models;

/// <summary>The settings of <c>transformer</c>.</summary>
internal sealed record TransformerSettings : ICheckedSettings
{
    private const int Largest = 1 << 20;
    private const string SquaredRelu = "squared-relu";
    private static readonly TransformerOptions Library = new() { VocabularySize = 1 };

    [Setting("tokens that the model sees at most", AtLeast = 1, AtMost = Largest)]
    public int ContextLength { get; init; } = 128;

    [Setting("features of a position; heads divide it evenly", AtLeast = 1, AtMost = Largest)]
    public int Width { get; init; } = 128;

    [Setting("blocks", AtLeast = 0, AtMost = Largest)]
    public int Layers { get; init; } = 4;

    [Setting("heads of the queries", AtLeast = 1, AtMost = Largest)]
    public int Heads { get; init; } = 4;

    [Setting("heads of keys and values, which divide the heads evenly; 0 for as many as heads", AtLeast = 0, AtMost = Largest)]
    public int KeyHeads { get; init; }

    [Setting("hidden features of the MLP over the width", AtLeast = 1, AtMost = Largest)]
    public int MlpRatio { get; init; } = Library.MlpRatio;

    [Setting(
        "activation of the MLP; with relu its units can be rescaled, as by kappa rescale", OneOf = ["relu", "tanh", "sigmoid", "gelu", "silu", SquaredRelu])]
    public string Activation { get; init; } = SquaredRelu;

    [Setting("probability of dropping an element of what a block adds", AtLeast = 0, Below = 1)]
    public double Dropout { get; init; }

    public void Check(SettingsCheck check) => check.Library(() => Options(1).Validate());

    internal TransformerOptions Options(int vocabulary) => new()
    {
        VocabularySize = vocabulary,
        ContextLength = ContextLength,
        Width = Width,
        Layers = Layers,
        Heads = Heads,
        KeyHeads = KeyHeads == 0 ? null : KeyHeads,
        MlpRatio = MlpRatio,
        MlpActivation = Activation == SquaredRelu ? Kappa.Tensors.Activation.SquaredRelu : Enum.Parse<Kappa.Tensors.Activation>(Activation, ignoreCase: true),
        Dropout = Dropout,
    };
}
