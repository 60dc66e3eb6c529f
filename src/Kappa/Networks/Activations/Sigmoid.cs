using Kappa.Tensors;

namespace Kappa.Networks.Activations;

/// <summary>1 / (1 + exp(-x)).</summary>
public sealed class Sigmoid : ActivationModule
{
    /// <summary>Makes the module.</summary>
    public Sigmoid()
        : base(Activation.Sigmoid)
    {
    }
}
