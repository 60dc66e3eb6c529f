using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Tensors;
using Kappa.Tensors.Kernels;

namespace Kappa.Networks.Models;

/// <summary>A <see cref="TransformerBlock"/> that reads a sequence on: its weights as they were, packed, and the keys and values of what was
/// read.</summary>
internal sealed class DecoderBlock
{
    private readonly SelfAttentionOptions _options;
    private readonly RotaryEmbedding? _rotary;
    private readonly PackedWeight _query;
    private readonly PackedWeight _key;
    private readonly PackedWeight _value;
    private readonly PackedWeight _output;
    private readonly PackedWeight _up;
    private readonly PackedWeight _down;
    private readonly Activation _activation;
    private readonly Tensor _keys;
    private readonly Tensor _values;

    internal DecoderBlock(TransformerBlock block, int sequences)
    {
        var attention = block.Attention;
        _options = attention.Options;
        _rotary = attention.Rotary;
        (_query, _key, _value, _output) = (Packed(attention.Query), Packed(attention.Key), Packed(attention.Value), Packed(attention.Output));
        (_up, _down) = (Packed(block.Up), Packed(block.Down));
        _activation = block.MlpActivation;
        _keys = _query.Values.NewZeros([sequences, KeyHeads, HeadWidth, _options.ContextLength]);
        _values = _query.Values.NewZeros([sequences, _options.ContextLength, KeyHeads, HeadWidth]);
    }

    private int HeadWidth => _options.Width / _options.Heads;

    private int KeyHeads => _options.KeyHeads ?? _options.Heads;

    /// <summary>The rows that the next block reads.</summary>
    /// <param name="x">A row for each new position, <c>[new, width]</c>.</param>
    /// <param name="place">Where the rows belong.</param>
    internal Tensor Forward(Tensor x, in DecoderPlace place)
    {
        var rows = x.RmsNorm();
        var query = Turned(Product(rows, _query), _options.Heads, place);
        var key = Turned(Product(rows, _key), KeyHeads, place);
        var attended = x.New(x.Shape);
        attended.Backend.CachedAttention(new CachedAttention(
            query, key, Product(rows, _value).Reshape(key.Shape), _keys, _values, place.Sequences, place.Positions, attended.Reshape(query.Shape)));
        var middle = x + Product(attended, _output);
        return middle + Product(ActivationModule.Apply(_activation, Product(middle.RmsNorm(), _up)), _down);
    }

    internal static PackedWeight Packed(Linear layer) => layer.Weight.Backend.Pack(layer.Weight);

    internal static Tensor Product(Tensor rows, PackedWeight weight)
    {
        var result = rows.New([rows.Shape[0], weight.Columns]);
        result.Backend.MultiplyPacked(rows, weight, result);
        return result;
    }

    private Tensor Turned(Tensor rows, int heads, in DecoderPlace place)
    {
        var result = rows.Reshape([1, rows.Shape[0], heads, HeadWidth]);
        if (_rotary is not null)
            result = result.Rotate(place.Cosines!, place.Sines!);
        return (_options.NormalizeQueriesAndKeys ? result.RmsNorm() : result).Reshape([rows.Shape[0], heads, HeadWidth]);
    }
}
