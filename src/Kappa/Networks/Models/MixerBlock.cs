using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Tensors;

namespace Kappa.Networks.Models;

/// <summary>x + an MLP across the patches, then x + an MLP across the features, each of the normalised x: <c>[batch, patches, features]</c> to the same
/// (Tolstikhin and others, 2021, arXiv 2105.01601).</summary>
public sealed class MixerBlock : Module
{
    private readonly LayerNorm _firstNorm;
    private readonly LayerNorm _secondNorm;
    private readonly Sequential _tokens;
    private readonly Sequential _channels;

    /// <summary>Makes the block.</summary>
    /// <param name="patches">Patches.</param>
    /// <param name="features">Features of a patch.</param>
    /// <param name="tokenHidden">Hidden features of the MLP across patches.</param>
    /// <param name="channelHidden">Hidden features of the MLP across features.</param>
    /// <param name="type">The element type.</param>
    public MixerBlock(int patches, int features, int tokenHidden, int channelHidden, DataType type = DataType.Float32)
    {
        _firstNorm = RegisterModule("norm1", new LayerNorm(features, type: type));
        _tokens = RegisterModule("tokens", Mlp(patches, tokenHidden, type));
        _secondNorm = RegisterModule("norm2", new LayerNorm(features, type: type));
        _channels = RegisterModule("channels", Mlp(features, channelHidden, type));
    }

    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var mixed = input + _tokens.Forward(_firstNorm.Forward(input).Transpose()).Transpose();
        return mixed + _channels.Forward(_secondNorm.Forward(mixed));
    }

    private static Sequential Mlp(int width, int hidden, DataType type) => new(
        ("up", new Linear(width, hidden, type: type)), ("activation", new SiLU()), ("down", new Linear(hidden, width, type: type)));
}
