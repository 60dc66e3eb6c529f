using Kappa.Networks.Initializers;
using Kappa.Networks.Layers;
using Kappa.Tensors;

namespace Kappa.Networks.Models;

/// <summary>Sizes and variants of a decoder-only <see cref="Transformer"/>.</summary>
public sealed record TransformerOptions
{
    /// <summary>Tokens.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>The longest sequence.</summary>
    public int ContextLength { get; init; } = 256;

    /// <summary>Features of a position.</summary>
    public int Width { get; init; } = 256;

    /// <summary>Blocks.</summary>
    public int Layers { get; init; } = 4;

    /// <summary>Heads of the queries; divides the width.</summary>
    public int Heads { get; init; } = 4;

    /// <summary>Heads of the keys and values; divides the heads. Null: as many as heads.</summary>
    public int? KeyHeads { get; init; }

    /// <summary>Hidden features of the MLP over the width.</summary>
    public int MlpRatio { get; init; } = 4;

    /// <summary>The activation of the MLP. With <see cref="Activation.Relu"/> its hidden units can be rescaled, as by PathCond.</summary>
    public Activation MlpActivation { get; init; } = Activation.SquaredRelu;

    /// <summary>The base of the rotary embedding's angles.</summary>
    public double RotaryBase { get; init; } = 10_000;

    /// <summary>Whether queries and keys are divided by their root mean square.</summary>
    public bool NormalizeQueriesAndKeys { get; init; } = true;

    /// <summary>The probability of dropping an element of what a block adds, in training mode.</summary>
    public double Dropout { get; init; }

    /// <summary>Checks the sizes.</summary>
    /// <exception cref="ArgumentException">A size is out of range, or does not divide; the message names the property, what it got and what it
    /// takes.</exception>
    public void Validate()
    {
        SelfAttentionOptions.Require(VocabularySize >= 1, nameof(VocabularySize), VocabularySize, "1 or more");
        SelfAttentionOptions.Require(Layers >= 0, nameof(Layers), Layers, "0 or more");
        SelfAttentionOptions.Require(MlpRatio >= 1, nameof(MlpRatio), MlpRatio, "1 or more");
        SelfAttentionOptions.Require(
            MlpActivation != Activation.Identity && Enum.IsDefined(MlpActivation), nameof(MlpActivation), MlpActivation, "an activation other than Identity");
        SelfAttentionOptions.Require(Dropout is >= 0 and < 1, nameof(Dropout), Dropout, "a probability from 0 to below 1");
        Attention().Validate();
    }

    internal SelfAttentionOptions Attention() => new()
    {
        Width = Width,
        Heads = Heads,
        KeyHeads = KeyHeads,
        ContextLength = ContextLength,
        RotaryBase = RotaryBase,
        NormalizeQueriesAndKeys = NormalizeQueriesAndKeys,
        Initializer = new ScaledNormalInitializer(),
        OutputInitializer = new ScaledNormalInitializer(0),
    };
}
