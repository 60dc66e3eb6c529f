using Kappa.Networks.Layers;
using Kappa.Tensors;

namespace Kappa.Networks.Activations;

/// <summary>A module that applies an elementwise activation; after a <see cref="Linear"/>, <see cref="Sequential"/> runs both as one operation.</summary>
public abstract class ActivationModule : Module
{
    private protected ActivationModule(Activation activation) => Activation = activation;

    /// <summary>Which one.</summary>
    public Activation Activation { get; }

    /// <inheritdoc/>
    protected sealed override Tensor ForwardCore(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Apply(Activation, input);
    }

    /// <summary>The module of an activation that is none of a family; null for the identity.</summary>
    internal static ActivationModule? Of(Activation activation) => activation switch
    {
        Activation.Relu => new ReLU(),
        Activation.Tanh => new Tanh(),
        Activation.Sigmoid => new Sigmoid(),
        Activation.Gelu => new GELU(),
        Activation.Silu => new SiLU(),
        Activation.SquaredRelu => new SquaredReLU(),
        _ => null,
    };

    /// <summary>An activation of every element.</summary>
    internal static Tensor Apply(Activation activation, Tensor input) => activation switch
    {
        Activation.Relu => input.Relu(),
        Activation.Tanh => input.Tanh(),
        Activation.Sigmoid => input.Sigmoid(),
        Activation.Gelu => input.Gelu(),
        Activation.Silu => input.Silu(),
        Activation.SquaredRelu => input.SquaredRelu(),
        _ => input,
    };
}
