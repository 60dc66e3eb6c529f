using Kappa.Tensors;

namespace Kappa.Networks.Layers;

/// <summary>Multi-head attention of a sequence to itself, with shared key heads and rotary embedding where asked: <c>[batch, positions, width]</c> to the
/// same.</summary>
/// <remarks>
/// Vaswani and others, 2017, arXiv 1706.03762; grouped queries: Ainslie and others, 2023, arXiv 2305.13245; normalised queries and keys: Henry and others,
/// 2020, arXiv 2010.04245. Projections <c>query</c>, <c>key</c>, <c>value</c>, <c>output</c>, without bias.
/// </remarks>
public sealed class SelfAttention : Module
{
    private readonly SelfAttentionOptions _options;
    private readonly Linear _query;
    private readonly Linear _key;
    private readonly Linear _value;
    private readonly Linear _output;
    private readonly RotaryEmbedding? _rotary;

    /// <summary>Makes the layer.</summary>
    /// <param name="options">Sizes and variants.</param>
    /// <param name="type">The element type.</param>
    public SelfAttention(SelfAttentionOptions options, DataType type = DataType.Float32)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
        int headWidth = options.Width / options.Heads;
        int keyWidth = headWidth * (options.KeyHeads ?? options.Heads);
        _query = RegisterModule("query", new Linear(options.Width, options.Width, bias: false, options.Initializer, type));
        _key = RegisterModule("key", new Linear(options.Width, keyWidth, bias: false, options.Initializer, type));
        _value = RegisterModule("value", new Linear(options.Width, keyWidth, bias: false, options.Initializer, type));
        _output = RegisterModule("output", new Linear(options.Width, options.Width, bias: false, options.OutputInitializer ?? options.Initializer, type));
        if (options.RotaryBase is { } rotaryBase)
            _rotary = RegisterModule("rotary", new RotaryEmbedding(options.ContextLength, headWidth, rotaryBase, type));
    }

    internal SelfAttentionOptions Options => _options;

    internal Linear Query => _query;

    internal Linear Key => _key;

    internal Linear Value => _value;

    internal Linear Output => _output;

    internal RotaryEmbedding? Rotary => _rotary;

    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (input.Rank != 3 || input.Shape[2] != _options.Width)
            throw new TensorShapeException($"SelfAttention: expected [batch, positions, {_options.Width}]; got {input.Shape}");
        if (input.Shape[1] == 0)
        {
            throw new TensorShapeException(
                $"SelfAttention: expected sequences of one position or more; got {input.Shape}, sequences of no positions. Leave empty ones out of the batch");
        }
        if (input.Shape[1] > _options.ContextLength)
        {
            throw new TensorShapeException(
                $"SelfAttention: a sequence of {input.Shape[1]} positions is longer than the model's context of {_options.ContextLength}");
        }

        var (batch, positions) = (input.Shape[0], input.Shape[1]);
        var flat = input.Reshape([batch * positions, _options.Width]);
        var query = Turned(Heads(_query.Forward(flat), batch, positions));
        var key = Turned(Heads(_key.Forward(flat), batch, positions));
        var value = Heads(_value.Forward(flat), batch, positions);
        return _output.Forward(query.Attention(key, value, _options.Causal).Reshape(flat.Shape)).Reshape(input.Shape);
    }

    private Tensor Heads(Tensor flat, int batch, int positions)
    {
        int width = _options.Width / _options.Heads;
        return flat.Reshape([batch, positions, flat.Shape[1] / width, width]);
    }

    private Tensor Turned(Tensor heads)
    {
        var turned = _rotary?.Forward(heads) ?? heads;
        return _options.NormalizeQueriesAndKeys ? turned.RmsNorm() : turned;
    }
}
