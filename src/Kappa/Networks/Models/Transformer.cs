using System.Globalization;
using Kappa.Networks.Initializers;
using Kappa.Networks.Layers;
using Kappa.Tensors;

namespace Kappa.Networks.Models;

/// <summary>A decoder-only language model: token ids, Int32 <c>[batch, positions]</c>, to the logits of the next token,
/// <c>[batch, positions, vocabulary]</c>.</summary>
/// <remarks>
/// In the manner of nanochat (Karpathy, 2025): rotary embedding, grouped queries, normalised queries and keys, RMSNorm without parameters, squared ReLU, no
/// biases, and a head of its own. What each block adds starts at zero, and so do the logits.
/// </remarks>
public sealed class Transformer : Module
{
    private readonly Embedding _embedding;
    private readonly TransformerBlock[] _blocks;
    private readonly Linear _head;

    /// <summary>Makes the model.</summary>
    /// <param name="options">Sizes and variants.</param>
    /// <param name="type">The element type.</param>
    public Transformer(TransformerOptions options, DataType type = DataType.Float32)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        Options = options;
        _embedding = RegisterModule("embedding", new Embedding(options.VocabularySize, options.Width, 1, type));
        _blocks = [.. Enumerable.Range(0, options.Layers).Select(i =>
            RegisterModule("block" + i.ToString(CultureInfo.InvariantCulture), new TransformerBlock(options, type)))];
        _head = RegisterModule("head", new Linear(options.Width, options.VocabularySize, bias: false, new ScaledNormalInitializer(0), type));
    }

    /// <summary>What it was made with.</summary>
    public TransformerOptions Options { get; }

    internal Embedding Embedding => _embedding;

    internal IReadOnlyList<TransformerBlock> Blocks => _blocks;

    internal Linear Head => _head;

    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (input.Rank != 2 || input.DataType != DataType.Int32)
            throw new TensorShapeException($"Transformer: expected token ids, Int32 [batch, positions]; got {input.Shape} {input.DataType}");
        if (input.Shape[1] == 0)
        {
            throw new TensorShapeException(
                $"Transformer: expected sequences of one token or more; got {input.Shape}, sequences of no positions. "
                + "Leave empty ones out of the batch, or begin each with a token that stands for the start");
        }
        if (input.Shape[1] > Options.ContextLength)
        {
            throw new TensorShapeException(
                $"Transformer: a sequence of {input.Shape[1]} tokens is longer than the model's context of {Options.ContextLength}. Cut it, or make the model "
                + "with a larger ContextLength");
        }

        var x = _embedding.Forward(input).RmsNorm();
        foreach (var block in _blocks)
            x = block.Forward(x);
        return _head.Forward(x.RmsNorm());
    }
}
