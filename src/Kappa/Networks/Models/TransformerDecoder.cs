using Kappa.Tensors;
using Kappa.Tensors.Kernels;

namespace Kappa.Networks.Models;

/// <summary>Reads sequences on, token by token, and keeps keys and values, so that a further token costs one row instead of the whole sequence.</summary>
/// <remarks>
/// The logits are those of <see cref="Module.Forward"/> over the whole sequence, to the last bit up to a context of 800 positions, and whatever other sequences
/// are read beside. The weights are taken as they are when the decoder is made: after training on, make a new one. Nothing is recorded for differentiation, and
/// dropout is off. Memory: 2 x layers x sequences x context x key heads x width of a head, and a copy of the weights. One thread at a time.
/// </remarks>
public sealed class TransformerDecoder
{
    private readonly DecoderBlock[] _blocks;
    private readonly Layers.RotaryEmbedding? _rotary;
    private readonly Tensor _embedding;
    private readonly PackedWeight _head;
    private readonly int[] _lengths;

    /// <summary>Makes a decoder whose sequences are empty.</summary>
    /// <param name="model">The model.</param>
    /// <param name="sequences">How many sequences are read side by side, 1 or more.</param>
    public TransformerDecoder(Transformer model, int sequences = 1)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sequences);
        using var outside = TensorScope.Suspend();
        using var quiet = NoGradient.Begin();
        Options = model.Options;
        _embedding = model.Embedding.Weight.Clone();
        _blocks = [.. model.Blocks.Select(block => new DecoderBlock(block, sequences))];
        _rotary = model.Blocks.Count == 0 ? null : model.Blocks[0].Attention.Rotary;
        _head = DecoderBlock.Packed(model.Head);
        _lengths = new int[sequences];
    }

    /// <summary>What the model was made with.</summary>
    public TransformerOptions Options { get; }

    /// <summary>How many sequences are read side by side.</summary>
    public int Sequences => _lengths.Length;

    /// <summary>Tokens of a sequence that were read since it was last empty.</summary>
    /// <param name="sequence">Which one.</param>
    public int Length(int sequence) => _lengths[Checked(sequence)];

    /// <summary>Empties a sequence.</summary>
    /// <param name="sequence">Which one.</param>
    public void Clear(int sequence) => _lengths[Checked(sequence)] = 0;

    /// <summary>Reads tokens on, of one sequence.</summary>
    /// <param name="sequence">Which one.</param>
    /// <param name="tokens">One or more; with those before, no more than the model's context.</param>
    /// <returns>The logits of the token after them, <c>[vocabulary]</c>.</returns>
    /// <exception cref="ArgumentException">There is no token, or no room for as many.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sequence, or no such token.</exception>
    public Tensor Read(int sequence, ReadOnlySpan<int> tokens)
    {
        if (tokens.Length == 0)
            throw new ArgumentException("expected one token or more to read", nameof(tokens));
        int[] sequences = new int[tokens.Length];
        sequences.AsSpan().Fill(Checked(sequence));
        RequireRoom(sequence, tokens.Length);
        int[] positions = [.. Enumerable.Range(_lengths[sequence], tokens.Length)];
        return Run(sequences, positions, tokens, lastOnly: true).Reshape([Options.VocabularySize]);
    }

    /// <summary>Reads one token of each of some sequences.</summary>
    /// <param name="sequences">Which ones, each once.</param>
    /// <param name="tokens">The token of each.</param>
    /// <returns>The logits of the token after each, <c>[sequences, vocabulary]</c>.</returns>
    /// <exception cref="ArgumentException">The numbers differ or are none, a sequence comes twice, or one is as long as the context.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sequence, or no such token.</exception>
    public Tensor Step(ReadOnlySpan<int> sequences, ReadOnlySpan<int> tokens)
    {
        if (sequences.Length == 0 || sequences.Length != tokens.Length)
            throw new ArgumentException($"expected one sequence or more, and a token for each; got {sequences.Length} and {tokens.Length}", nameof(tokens));
        int[] positions = new int[sequences.Length];
        var seen = new HashSet<int>();
        for (int i = 0; i < positions.Length; i++)
        {
            positions[i] = Length(sequences[i]);
            if (!seen.Add(sequences[i]))
                throw new ArgumentException($"sequence {sequences[i]} comes twice in one step; read its tokens with Read, or in two steps", nameof(sequences));
            RequireRoom(sequences[i], 1);
        }
        return Run(sequences.ToArray(), positions, tokens, lastOnly: false);
    }

    private Tensor Run(int[] sequences, int[] positions, ReadOnlySpan<int> tokens, bool lastOnly)
    {
        using var quiet = NoGradient.Begin();
        using var scope = TensorScope.Begin();
        var x = _embedding.Gather(Tensor.From<int>(tokens, [tokens.Length]).To(_embedding.Device)).RmsNorm();
        var (cosines, sines) = _rotary?.At(Tensor.From<int>(positions, [positions.Length]).To(_embedding.Device)) ?? default;
        var place = new DecoderPlace(sequences, positions, cosines, sines);
        foreach (var block in _blocks)
            x = block.Forward(x, place);
        if (lastOnly)
            x = x.Slice(0, tokens.Length - 1, 1);
        var logits = DecoderBlock.Product(x.RmsNorm(), _head);
        // Only now, so that a token that does not exist leaves the sequences as they were.
        for (int i = 0; i < sequences.Length; i++)
            _lengths[sequences[i]] = positions[i] + 1;
        return logits.Keep();
    }

    private int Checked(int sequence)
    {
        if ((uint)sequence >= (uint)_lengths.Length)
            throw new ArgumentOutOfRangeException(nameof(sequence), sequence, $"expected a sequence from 0 to {_lengths.Length - 1}");
        return sequence;
    }

    private void RequireRoom(int sequence, int count)
    {
        if (count > Options.ContextLength - _lengths[sequence])
        {
            throw new ArgumentException(
                $"sequence {sequence} has read {_lengths[sequence]} tokens, and {count} more are longer than the model's context of {Options.ContextLength}. "
                + "Clear it, and read its last tokens again", nameof(sequence));
        }
    }
}
