using Kappa.Networks.Activations;
using Kappa.Networks.Initializers;
using Kappa.Networks.Layers;
using Kappa.Tensors;

namespace Kappa.Networks.Models;

/// <summary>x + attention(norm(x)), then x + mlp(norm(x)), with norms that have no parameters and an MLP with squared ReLU unless
/// options say otherwise: <c>[batch, positions, width]</c> to the same.</summary>
public sealed class TransformerBlock : Module
{
    private readonly SelfAttention _attention;
    private readonly Linear _up;
    private readonly Linear _down;
    private readonly Sequential _mlp;
    private readonly Dropout? _dropout;

    /// <summary>Makes the block.</summary>
    /// <param name="options">Sizes and variants.</param>
    /// <param name="type">The element type.</param>
    public TransformerBlock(TransformerOptions options, DataType type = DataType.Float32)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        MlpActivation = options.MlpActivation;
        int hidden = options.MlpRatio * options.Width;
        _attention = RegisterModule("attention", new SelfAttention(options.Attention(), type));
        _up = new Linear(options.Width, hidden, bias: false, new ScaledNormalInitializer(), type);
        _down = new Linear(hidden, options.Width, bias: false, new ScaledNormalInitializer(0), type);
        _mlp = RegisterModule("mlp", new Sequential(("up", _up), ("activation", ActivationModule.Of(options.MlpActivation)!), ("down", _down)));
        _dropout = options.Dropout > 0 ? RegisterModule("dropout", new Dropout(options.Dropout)) : null;
    }

    internal SelfAttention Attention => _attention;

    internal Linear Up => _up;

    internal Linear Down => _down;

    internal Activation MlpActivation { get; }

    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var attended = input + Dropped(_attention.Forward(input.RmsNorm()));
        return attended + Dropped(_mlp.Forward(attended.RmsNorm()));
    }

    private Tensor Dropped(Tensor x) => _dropout?.Forward(x) ?? x;
}
